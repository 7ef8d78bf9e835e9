import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { noteServerEvent, setServerTime, useNow } from './useNow'

const HERE = Date.parse('2026-03-10T06:00:00Z')
const iso = (ms: number): string => new Date(ms).toISOString()

beforeEach(() => {
  vi.useFakeTimers({ now: HERE })
  setServerTime(iso(HERE))
})

afterEach(() => {
  vi.useRealTimers()
})

it("shows the server's time, not the computer's", () => {
  setServerTime(iso(HERE + 90_000))

  expect(useNow().value).toBe(HERE + 90_000)
})

it('moves forward when an event comes from later, never back for an old one', () => {
  noteServerEvent(iso(HERE + 60_000))
  expect(useNow().value).toBe(HERE + 60_000)

  noteServerEvent(iso(HERE - 3_600_000))

  expect(useNow().value).toBe(HERE + 60_000)
})

it('ignores a time it cannot read', () => {
  setServerTime('soon')

  expect(useNow().value).toBe(HERE)
})
