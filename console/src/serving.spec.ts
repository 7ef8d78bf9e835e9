import { expect, it } from 'vitest'

import { rankAt } from './serving'

const HOUR_MS = 3_600_000
const now = Date.parse('2026-11-24T02:00:00Z')
const placeOf = (waitedMin: number, hoursLeft: number | null): number =>
  rankAt({ rank: now / 1000 - waitedMin * 60, serve_by: hoursLeft === null ? null : new Date(now + hoursLeft * HOUR_MS).toISOString() }, now)

// The same cases as tests/unit/handoff/test_rules.py.
it.each<{ sooner: [number, number | null]; later: [number, number | null] }>([
  { sooner: [0, 1], later: [0, 2] },
  { sooner: [0, 3.9], later: [60, 30] },
  { sooner: [91, 40], later: [0, 0.1] },
  { sooner: [1, 40], later: [0, -1] },
  { sooner: [1, null], later: [0, null] },
])('serves $sooner before $later', ({ sooner, later }) => {
  expect(placeOf(...sooner)).toBeLessThan(placeOf(...later))
})
