import { beforeEach, describe, expect, it } from 'vitest'

import { at, NOW } from '../test/samples'
import { json, Server } from '../test/server'
import { aFollowup, aSheet } from '../test/workSamples'
import { groupOf, useFollowups } from './followups'

let server: Server

beforeEach(() => {
  server = new Server()
})

describe('follow-ups', () => {
  it.each([
    [{ due_at: at(-1) }, 'overdue'],
    [{ due_at: at(600) }, 'today'],
    [{ due_at: at(86_400) }, 'later'],
    [{ due_at: at(-1), state: 'done' }, 'closed'],
  ] as const)('%o stands under %s', (over, group) => {
    expect(groupOf(aFollowup(over), NOW)).toBe(group)
  })

  it('goes to the next and the one before, and to the first when none is open', async () => {
    server.on('GET /api/followups', () => json({ items: [aFollowup({ id: 1 }), aFollowup({ id: 2 }), aFollowup({ id: 3 })], next: null, overdue: 0 }))
    const store = useFollowups()
    await store.refresh()

    expect(store.neighbour(1)).toBe(1)
    store.openId = 2
    expect([store.neighbour(1), store.neighbour(-1)]).toEqual([3, 1])
    store.openId = 3
    expect(store.neighbour(1)).toBeUndefined()
  })

  it('does not show an answer about one that was left meanwhile', async () => {
    const store = useFollowups()
    server.on('GET /api/followups/5', () => {
      store.openId = 6
      return json(aSheet())
    })

    await store.open(5)

    expect(store.sheet).toBeNull()
  })

  it('reads on behind the cursor', async () => {
    server.on('GET /api/followups', ({ search }) =>
      json(search.includes('cursor=abc') ? { items: [aFollowup({ id: 2 })], next: null, overdue: 3 } : { items: [aFollowup({ id: 1 })], next: 'abc', overdue: 3 }),
    )
    const store = useFollowups()
    await store.refresh()

    await store.more()

    expect(store.items.map((item) => item.id)).toEqual([1, 2])
    expect([store.next, store.overdue]).toEqual([null, 3])
  })
})
