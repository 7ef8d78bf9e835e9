import { effectScope } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { Server } from '../test/server'
import { useHeartbeat } from './useHeartbeat'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

it('beats at once, then every 15 s, and stops with the desk', async () => {
  const server = new Server()
  const scope = effectScope()
  const beats = (): number => server.to('/api/me/heartbeat').length

  scope.run(useHeartbeat)
  await vi.advanceTimersByTimeAsync(0)
  expect(beats()).toBe(1)
  await vi.advanceTimersByTimeAsync(30_000)
  expect(beats()).toBe(3)

  scope.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(beats()).toBe(3)
})
