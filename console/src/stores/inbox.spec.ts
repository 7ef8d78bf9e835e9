import { beforeEach, describe, expect, it } from 'vitest'

import type { HandoffItem } from '../api/types'
import { NO_FILTER, queryOf } from '../inboxFilter'
import { anItem, at } from '../test/samples'
import { json, Server } from '../test/server'
import { useInbox } from './inbox'

let server: Server
let answers: Record<string, { items: HandoffItem[]; next: string | null }>

beforeEach(() => {
  server = new Server()
  answers = {}
  server.on('GET /api/handoffs', ({ search }) => {
    const query = new URLSearchParams(search)
    return json({ previous: null, ...(answers[query.get('ids') ?? query.get('cursor') ?? ''] ?? { items: [], next: null }) })
  })
})

const row = (id: number, rank: number, over: Partial<HandoffItem> = {}): HandoffItem =>
  anItem({ id, rank, owner: 'queued', rep: null, ...over })
const ids = (): number[] => useInbox().rows.map((item) => item.id)

async function loaded(): Promise<ReturnType<typeof useInbox>> {
  answers[''] = { items: [row(1, 10), row(2, 20), row(3, 30)], next: 'after3' }
  answers.after3 = { items: [row(4, 40), row(5, 50)], next: null }
  const inbox = useInbox()
  await inbox.load()
  return inbox
}

describe('the inbox', () => {
  it('goes on page by page, and stops at the end', async () => {
    const inbox = await loaded()

    await inbox.more()
    await inbox.more()

    expect(ids()).toEqual([1, 2, 3, 4, 5])
    expect(server.to('/api/handoffs')).toHaveLength(2)
  })

  it('asks only for the rows an event names, and puts each in its place', async () => {
    const inbox = await loaded()
    answers['9,2'] = { items: [row(9, 15), row(2, 25, { version: 9 })], next: null }

    await inbox.patch([9, 2])

    expect(ids()).toEqual([1, 9, 2, 3])
    expect(inbox.versionOf(2)).toBe(9)
    expect(server.to('/api/handoffs').at(-1)?.search).toContain('scope=queue')
  })

  it('takes off what no longer fits the filter', async () => {
    const inbox = await loaded()
    answers['2'] = { items: [], next: null }

    await inbox.patch([2])

    expect(ids()).toEqual([1, 3])
  })

  it('leaves to its own page what belongs behind the rows read so far', async () => {
    const inbox = await loaded()
    answers['9'] = { items: [row(9, 99)], next: null }

    await inbox.patch([9])

    expect(ids()).toEqual([1, 2, 3])
  })

  it('asks in portions when a storm names many', async () => {
    const inbox = await loaded()

    await inbox.patch(Array.from({ length: 120 }, (_, index) => index + 100))

    expect(server.to('/api/handoffs').slice(1).map((one) => new URLSearchParams(one.search).get('ids')?.split(',').length)).toEqual([50, 50, 20])
  })

  it('keeps pages read further down when its beginning is read again', async () => {
    const inbox = await loaded()
    await inbox.more()
    answers[''] = { items: [row(7, 5), row(1, 10), row(3, 30)], next: 'after3' }

    await inbox.refresh()

    expect(ids()).toEqual([7, 1, 3, 4, 5])
  })

  it('forgets an answer to a question that was changed meanwhile', async () => {
    const inbox = await loaded()
    const late = inbox.load()
    inbox.tab = 'mine'
    answers[''] = { items: [anItem({ id: 8 })], next: null }
    await inbox.load()
    await late

    expect(ids()).toEqual([8])
  })

  it('counts nothing as unread that was just seen', async () => {
    answers[''] = { items: [row(1, 10, { unread: 4 })], next: null }
    const inbox = useInbox()
    await inbox.load()

    inbox.markRead(1)

    expect(inbox.find(1)?.unread).toBe(0)
  })
})

describe('a filter', () => {
  it('is asked for as the server knows it, days by the bank', () => {
    const filter = { ...NO_FILTER, state: 'closed' as const, from: '2026-03-10', to: '2026-03-10', unread: true, q: ' 陶 ' }

    expect(queryOf('all', filter)).toEqual({
      scope: 'all',
      state: 'closed',
      sort: 'newest',
      unread: true,
      since: '2026-03-09T16:00:00.000Z',
      until: '2026-03-10T16:00:00.000Z',
      q: '陶',
    })
  })

  it('by itself lists the queue in serving order and my chats that are open', () => {
    expect(queryOf('queue', NO_FILTER)).toEqual({ scope: 'queue', sort: 'waiting' })
    expect(queryOf('mine', NO_FILTER)).toEqual({ scope: 'mine', state: 'active', sort: 'newest' })
  })

  it('shows the newest word first where it is asked so', async () => {
    const inbox = useInbox()
    inbox.tab = 'mine'
    answers[''] = { items: [anItem({ id: 1, last_word_at: at(-9) })], next: null }
    await inbox.load()
    answers['2'] = { items: [anItem({ id: 2, last_word_at: at(-3) })], next: null }

    await inbox.patch([2])

    expect(ids()).toEqual([2, 1])
  })
})
