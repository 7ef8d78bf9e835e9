import { flushPromises } from '@vue/test-utils'
import { effectScope, type EffectScope } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { aHandoff, aMe, anItem } from '../test/samples'
import { json, Server } from '../test/server'
import { useChat } from '../stores/chat'
import { useDesk } from '../stores/desk'
import { useMe } from '../stores/me'
import { useDeskFeed } from './useDeskFeed'

let server: Server
let scope: EffectScope
let say: (text: string) => Promise<void>
let breaks: number
let forced: string[]

beforeEach(async () => {
  server = new Server()
  server.on('GET /api/handoffs', () => json({ items: [], next: null }))
  server.on('GET /api/handoffs/1', () => json(aHandoff()))
  server.on('GET /api/counters', () => json({}))
  server.on('GET /api/followups', () => json({ items: [] }))
  let writer: ReadableStreamDefaultController<Uint8Array> | undefined
  server.on('GET /api/events', () => new Response(new ReadableStream<Uint8Array>({ start: (w) => void (writer = w) })))
  say = async (text) => {
    writer?.enqueue(new TextEncoder().encode(text))
    await flushPromises()
    await vi.waitFor(() => undefined)
  }
  useMe().user = aMe()
  breaks = 0
  forced = []
  scope = effectScope()
  scope.run(() => useDeskFeed({ onForcedBreak: () => (breaks += 1), onStatusForced: (status) => forced.push(status), onNotice: () => undefined }).start())
  await flushPromises()
})

afterEach(() => scope.stop())

const frame = (name: string, body: Record<string, unknown>): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, conversation_id: null, version: null, payload: {}, at: '2026-03-10T06:00:00Z', ...body })}\n\n`

it('reads everything anew on reset', async () => {
  useDesk().selectedId = 1
  await say(': ping\n\n')
  server.asked.length = 0

  await say('event: reset\ndata: {}\n\n')

  const paths = new Set(server.asked.map((one) => one.path))
  expect(paths).toEqual(new Set(['/api/handoffs', '/api/counters', '/api/followups', '/api/handoffs/1']))
})

it('asks for nothing when an event is older than what is shown', async () => {
  await say(': ping\n\n')
  useDesk().put(anItem({ version: 9 }))
  server.asked.length = 0

  await say(frame('handoff.requeued', { conversation_id: 1, version: 8 }))

  expect(server.asked).toEqual([])
})

it('reads the open conversation anew when a line is added to it', async () => {
  useDesk().put(anItem())
  useDesk().selectedId = 1

  await say(frame('line.added', { conversation_id: 1 }))

  await vi.waitFor(() => expect(useChat().open.get(1)?.lines).toHaveLength(1))
})

it('shows the break a rep was put on for missing offers', async () => {
  await say(frame('rep.status_changed', { payload: { rep: 'rep01', status: 'break', cause: 'missed_offers' } }))

  expect(useMe().user?.status).toBe('break')
  expect(breaks).toBe(1)
})

it('tells a rep whose status a supervisor set, and nobody else', async () => {
  await say(': ping\n\n')

  await say(frame('rep.status_changed', { payload: { rep: 'somebody', status: 'break', cause: 'supervisor' } }))
  await say(frame('rep.status_changed', { payload: { rep: useMe().user?.username, status: 'break', cause: 'supervisor' } }))

  expect(forced).toEqual(['break'])
  expect(useMe().user?.status).toBe('break')
  expect(breaks).toBe(0)
})

it('reads alerts and the roster anew when they change', async () => {
  await say(': ping\n\n')
  server.asked.length = 0

  await say(frame('alert.raised', { payload: { alert_id: 1 } }))
  await say(frame('roster.changed', { payload: { rep: 'rep01' } }))

  expect(server.asked.map((one) => one.path).sort()).toEqual(['/api/alerts', '/api/me/duty'])
})
