import { expect, it } from 'vitest'

import { addDays, daysFrom, instantOf, lastDayOf } from './week'

it('counts days over the ends of months and years', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2026-03-02', -7)).toBe('2026-02-23')
  expect(daysFrom('2026-11-30').at(-1)).toBe('2026-12-06')
})

it("takes a form's time for the bank's wall clock", () => {
  expect(instantOf('2026-03-11T09:00')).toBe('2026-03-11T01:00:00.000Z')
})

it('lasts through the day before when it ends at midnight', () => {
  expect(lastDayOf('2026-03-11T16:00:00Z')).toBe('2026-03-11')
  expect(lastDayOf('2026-03-11T16:00:01Z')).toBe('2026-03-12')
})
