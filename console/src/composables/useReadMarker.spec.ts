import { effectScope, type EffectScope, nextTick } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { useChat } from '../stores/chat'
import { useDesk } from '../stores/desk'
import { aHandoff, aLine, anItem } from '../test/samples'
import { json, Server } from '../test/server'
import { IN_SIGHT_MS, useReadMarker } from './useReadMarker'

let server: Server
let scope: EffectScope

beforeEach(() => {
  vi.useFakeTimers()
  server = new Server()
  for (const id of [1, 2]) server.on(`PUT /api/handoffs/${id}/read`, () => json(null))
  for (const id of [1, 2]) useChat().open.set(id, aHandoff({ item: anItem({ id }), lines: [aLine({ id: id * 10 })] }))
  useDesk().put(anItem({ id: 1, unread: 3 }))
  scope = effectScope()
  scope.run(useReadMarker)
})

afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

async function look(id: number, ms = IN_SIGHT_MS): Promise<void> {
  useDesk().selectedId = id
  await nextTick()
  await vi.advanceTimersByTimeAsync(ms)
}

const told = (): unknown[] => server.asked.map((one) => [one.path, one.body])

it('tells once the newest words were in sight for a moment, and counts them no more', async () => {
  await look(1)

  expect(told()).toEqual([['/api/handoffs/1/read', { line_id: 10 }]])
  expect(useDesk().items.get(1)?.unread).toBe(0)
})

it('tells nothing of a chat one only passed by', async () => {
  await look(1, 100)
  await look(2)

  expect(told()).toEqual([['/api/handoffs/2/read', { line_id: 20 }]])
})
