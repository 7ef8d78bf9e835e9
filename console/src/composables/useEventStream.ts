/**
 * The server's events, without a gap: resumes after the last id seen, and takes 45 s without a byte for a dead line.
 * Reads the stream by fetch, because EventSource hides the server's comment pings, the only sign of life of a quiet desk.
 */
import { type EventSourceMessage, createParser } from 'eventsource-parser'
import { type Ref, readonly, ref } from 'vue'

import { noteFrame, noteLive } from './useStreamRecord'

export type StreamState = 'connecting' | 'live' | 'lost'

export interface StreamOptions {
  url: string
  onEvent: (message: EventSourceMessage) => void
  onLive: () => void
  onSignedOut: () => void
}

export const SILENCE_MS = 45_000
const RETRY_MS = [500, 1000, 2000, 5000, 10_000]

export interface EventStream {
  state: Readonly<Ref<StreamState>>
  start: () => void
  stop: () => void
}

export function useEventStream(options: StreamOptions): EventStream {
  const state = ref<StreamState>('connecting')
  let lastId = ''
  let failures = 0
  let line: AbortController | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined

  const parser = createParser({
    onEvent(message) {
      if (message.id) lastId = message.id
      noteFrame(message.event, message.id)
      options.onEvent(message)
    },
  })

  function start(): void {
    stop()
    line = new AbortController()
    void follow(line)
  }

  function stop(): void {
    line?.abort()
    line = undefined
    clearTimeout(retry)
    clearTimeout(silence)
    removeEventListener('online', start)
  }

  async function follow(mine: AbortController): Promise<void> {
    heard(mine)
    addEventListener('offline', () => drop(mine), { signal: mine.signal })
    try {
      const headers: Record<string, string> = lastId ? { 'Last-Event-ID': lastId } : {}
      const response = await fetch(options.url, { headers, signal: mine.signal, cache: 'no-store' })
      if (response.status === 401) {
        stop()
        options.onSignedOut()
        return
      }
      if (response.ok && response.body) await read(response.body, mine)
    } catch {
      // Whatever broke the line, the answer is the same: connect again.
    }
    if (!mine.signal.aborted) lose()
  }

  async function read(body: ReadableStream<Uint8Array>, mine: AbortController): Promise<void> {
    const reader = body.getReader()
    const decoder = new TextDecoder()
    parser.reset()
    for (;;) {
      const { done, value } = await reader.read()
      if (done || mine.signal.aborted) return
      heard(mine)
      if (state.value !== 'live') {
        noteLive()
        options.onLive()
      }
      state.value = 'live'
      failures = 0
      parser.feed(decoder.decode(value, { stream: true }))
    }
  }

  function heard(mine: AbortController): void {
    clearTimeout(silence)
    silence = setTimeout(() => drop(mine), SILENCE_MS)
  }

  function drop(mine: AbortController): void {
    mine.abort()
    lose()
  }

  function lose(): void {
    state.value = 'lost'
    clearTimeout(silence)
    retry = setTimeout(start, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)])
    addEventListener('online', start, { once: true })
  }

  return { state: readonly(state), start, stop }
}
