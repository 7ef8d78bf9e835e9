import { flushPromises } from '@vue/test-utils'
import { effectScope, type EffectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import touches from '../touches.json'
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
let ending: string[]
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
  ending = []
  forced = []
  scope = effectScope()
  const notices = {
    onForcedBreak: () => (breaks += 1),
    onStatusForced: (status: string) => forced.push(status),
    onWindowEnds: (label: string) => ending.push(label),
    onNotice: () => undefined,
  }
  scope.run(() => useDeskFeed(notices).start())
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
  expect(paths).toEqual(new Set(['/api/handoffs', '/api/counters', '/api/followups', '/api/handoffs/1', '/api/handoffs/1/notes', '/api/handoffs/1/leads', '/api/mentions']))
})

it('asks for nothing when an event is older than what is shown', async () => {
  await say(': ping\n\n')
  useDesk().put(anItem({ version: 9 }))
  server.asked.length = 0

  await say(frame('handoff.requeued', { conversation_id: 1, version: 8 }))

  expect(server.asked).toEqual([])
})

it('reads the one row an event names, not the lists', async () => {
  await say(': ping\n\n')
  useDesk().put(anItem({ version: 3 }))
  server.asked.length = 0

  await say(frame('handoff.requeued', { conversation_id: 1, version: 4 }))

  await vi.waitFor(() => expect(server.to('/api/handoffs').map((one) => one.search)).toEqual(['?ids=1&limit=100']))
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

it.each([
  ['rep01', ['陶先生']],
  ['rep02', []],
])('tells a rep of a window that ends in a chat of %s', async (rep, told) => {
  server.on('GET /api/handoffs', () => json({ items: [anItem({ rep })], next: null }))
  await say(frame('handoff.accepted', { conversation_id: 1, version: 4 }))
  await vi.waitFor(() => expect(useDesk().items.size).toBe(1))

  await say(frame('allowance.closing', { conversation_id: 1 }))

  expect(ending).toEqual(told)
  // Its second look at the row comes some time after the first: not in the midst of another test.
  await vi.waitFor(() => expect(server.to('/api/handoffs').filter((one) => one.search.includes('ids=1'))).toHaveLength(2))
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

/** What each reading asks of the server. touches.json is what the server's own test takes for granted of this page. */
const ASKS: Record<string, string[]> = {
  row: ['/api/handoffs?ids=1', '/api/counters'],
  lists: ['/api/handoffs?list', '/api/counters'],
  conversation: ['/api/handoffs/1'],
  leads: ['/api/handoffs/1/leads'],
  notes: ['/api/handoffs/1/notes'],
  followups: ['/api/followups'],
  mentions: ['/api/mentions'],
  duty: ['/api/me/duty'],
  canned: ['/api/canned'],
  alerts: ['/api/alerts'],
  // These two come with the event.
  status: [],
  viewers: [],
}
const FACTS = { rep: 'rep01', status: 'busy', act: 'approved', viewers: [], note_id: 1, by: 'rep02', author: 'rep02', state: 'picked' }
const asked = (): string[] => [
  ...new Set(server.asked.map(({ path, search }) => (path === '/api/handoffs' ? `${path}?${search.includes('ids=1') ? 'ids=1' : 'list'}` : path))),
]

const TOUCHES = Object.entries(touches as Record<string, { reads: string[]; ifShown?: boolean }>)

describe('an event makes the page read again what touches.json says', () => {
  it.each(TOUCHES)('%s', async (type, touch) => {
    server.on('GET /api/canned', () => json({ items: [] }))
    await say(': ping\n\n')
    useDesk().put(anItem())
    useDesk().selectedId = 1
    server.asked.length = 0

    await say(frame(type, { conversation_id: 1, payload: FACTS }))

    const expected = [...new Set(touch.reads.flatMap((name) => ASKS[name] ?? [`unknown: ${name}`]))].sort()
    await vi.waitFor(() => expect(asked().sort()).toEqual(expected), { timeout: 3000 })
    expect(useMe().user?.status === 'busy').toBe(touch.reads.includes('status'))
  })

  it.each(TOUCHES.filter(([, touch]) => touch.ifShown))('%s, and nothing of a chat it does not show', async (type) => {
    await say(': ping\n\n')
    server.asked.length = 0

    await say(frame(type, { conversation_id: 1, payload: FACTS }))

    expect(asked()).toEqual([])
  })
})
