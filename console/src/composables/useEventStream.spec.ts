import type { EventSourceMessage } from 'eventsource-parser'
import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { type EventStream, SILENCE_MS, useEventStream } from './useEventStream'

class Line {
  readonly response: Response
  private writer!: ReadableStreamDefaultController<Uint8Array>

  constructor(readonly headers: Headers) {
    this.response = new Response(new ReadableStream<Uint8Array>({ start: (writer) => void (this.writer = writer) }))
  }

  async say(text: string): Promise<void> {
    this.writer.enqueue(new TextEncoder().encode(text))
    await vi.advanceTimersByTimeAsync(0)
  }

  async end(): Promise<void> {
    this.writer.close()
    await vi.advanceTimersByTimeAsync(0)
  }
}

let lines: Line[]
let heard: EventSourceMessage[]
let lived: number
let signedOut: number
let stream: EventStream

beforeEach(() => {
  vi.useFakeTimers()
  lines = []
  heard = []
  lived = signedOut = 0
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    const line = new Line(new Headers(init.headers))
    lines.push(line)
    return line.response
  })
  stream = useEventStream({
    url: '/api/events',
    onEvent: (message) => heard.push(message),
    onLive: () => (lived += 1),
    onSignedOut: () => (signedOut += 1),
  })
})

afterEach(() => {
  stream.stop()
  vi.useRealTimers()
})

async function connect(): Promise<Line> {
  stream.start()
  await vi.advanceTimersByTimeAsync(0)
  const line = lines.at(-1)
  if (!line) throw new Error('nobody called')
  return line
}

it('is live from the first byte and hands on events by name', async () => {
  const line = await connect()
  expect(stream.state.value).toBe('connecting')

  await line.say('event: hello\ndata: {"last_id": 5}\n\nid: 6\nevent: line.added\ndata: {}\n\n')

  expect(stream.state.value).toBe('live')
  expect(lived).toBe(1)
  expect(heard.map((message) => message.event)).toEqual(['hello', 'line.added'])
})

it('resumes after the last id it saw when the line breaks', async () => {
  const line = await connect()
  await line.say('id: 41\nevent: line.added\ndata: {}\n\n')

  await line.end()
  expect(stream.state.value).toBe('lost')
  await vi.advanceTimersByTimeAsync(500)

  expect(lines).toHaveLength(2)
  expect(lines[1]?.headers.get('Last-Event-ID')).toBe('41')
})

it('takes a comment ping for a sign of life', async () => {
  const line = await connect()
  await line.say(': ping\n\n')
  await vi.advanceTimersByTimeAsync(SILENCE_MS - 1000)
  await line.say(': ping\n\n')

  await vi.advanceTimersByTimeAsync(SILENCE_MS - 1000)

  expect(stream.state.value).toBe('live')
  expect(lines).toHaveLength(1)
})

it('declares the line dead after 45 s of silence and connects again', async () => {
  const line = await connect()
  await line.say(': ping\n\n')

  await vi.advanceTimersByTimeAsync(SILENCE_MS)
  expect(stream.state.value).toBe('lost')
  await vi.advanceTimersByTimeAsync(500)

  expect(lines).toHaveLength(2)
})

it('is lost at once when the computer goes offline, and back with it', async () => {
  const line = await connect()
  await line.say(': ping\n\n')

  dispatchEvent(new Event('offline'))
  expect(stream.state.value).toBe('lost')
  dispatchEvent(new Event('online'))
  await vi.advanceTimersByTimeAsync(0)

  expect(lines).toHaveLength(2)
})

it('waits longer after each failure', async () => {
  let calls = 0
  vi.stubGlobal('fetch', () => {
    calls += 1
    return Promise.reject(new TypeError('refused'))
  })
  stream.start()
  await vi.advanceTimersByTimeAsync(0)
  await vi.advanceTimersByTimeAsync(500)
  expect(calls).toBe(2)

  await vi.advanceTimersByTimeAsync(500)
  expect(calls).toBe(2)
  await vi.advanceTimersByTimeAsync(500)
  expect(calls).toBe(3)
})

it('stops asking when the session is over', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 401 })))

  stream.start()
  await flushPromises()
  await vi.advanceTimersByTimeAsync(60_000)

  expect(signedOut).toBe(1)
})
