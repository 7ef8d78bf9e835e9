import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'

import { aMe, anItem, at } from '../test/samples'
import { cut, json, Server } from '../test/server'
import { useDesk } from './desk'
import { useMe } from './me'

let server: Server

beforeEach(() => {
  server = new Server()
  server.on('GET /api/counters', () => json({}))
  useMe().user = aMe()
})

function lists(queued: unknown[], mine: unknown[] = []): void {
  server.on('GET /api/handoffs', ({ search }) =>
    json({ items: search.includes('queue') ? queued : search.includes('active') ? mine : [], next: null }),
  )
}

describe('the desk', () => {
  it('keeps a newer version when an older row arrives', () => {
    const desk = useDesk()
    desk.put(anItem({ version: 5, unanswered: 2 }))

    desk.put(anItem({ version: 4, unanswered: 0 }))

    expect(desk.mine[0]?.unanswered).toBe(2)
  })

  it('serves by the rank the server gave', async () => {
    const row = (id: number, rank: number): unknown => anItem({ id, owner: 'queued', rep: null, rank })
    lists([row(1, 20), row(2, 10), row(3, 20)])

    await useDesk().refresh()

    expect(useDesk().queue.map((item) => item.id)).toEqual([2, 1, 3])
  })

  it('drops what the lists no longer hold', async () => {
    lists([anItem({ id: 1, owner: 'queued' })])
    await useDesk().refresh()

    lists([])
    await useDesk().refresh()

    expect(useDesk().queue).toEqual([])
  })

  it('keeps a chat accepted while the lists were being read', async () => {
    const waiting: (() => void)[] = []
    server.on('GET /api/handoffs', async () => {
      await new Promise<void>((done) => waiting.push(done))
      return json({ items: [], next: null })
    })
    const desk = useDesk()
    const reading = desk.refresh()
    await flushPromises()

    desk.put(anItem({ id: 8 }))
    waiting.forEach((done) => done())
    await reading

    expect(desk.mine.map((item) => item.id)).toEqual([8])
  })

  it('shows what it had when the server does not answer', async () => {
    lists([anItem({ id: 1, owner: 'queued' })])
    await useDesk().refresh()
    server.on('GET /api/handoffs', cut)

    await useDesk().refresh()

    expect(useDesk().queue).toHaveLength(1)
  })

  it('reads only the rows it is told about, and drops what may no longer be seen', async () => {
    const desk = useDesk()
    desk.put(anItem({ id: 1, version: 3 }))
    desk.put(anItem({ id: 2 }))
    server.on('GET /api/handoffs', ({ search }) => {
      expect(search).toContain('ids=1%2C2')
      return json({ items: [anItem({ id: 1, version: 4 })], next: null, previous: null })
    })

    await desk.patch([1, 2])

    expect([...desk.items.values()].map((item) => [item.id, item.version])).toEqual([[1, 4]])
    expect(server.to('/api/handoffs')).toHaveLength(1)
  })

  it('puts a withdrawn offer back into the queue', () => {
    const desk = useDesk()
    desk.put(anItem({ owner: 'offered', offer_expires_at: at(20) }))
    expect(desk.offers).toHaveLength(1)

    desk.withdrawOffer(1)

    expect(desk.offers).toEqual([])
    expect(desk.queue[0]?.owner).toBe('queued')
  })
})
