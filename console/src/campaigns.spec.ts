import { describe, expect, it } from 'vitest'

import { asTyped, evenShares, fromTyped, lackOf, letterOf, metricsOf, monthBeside, partOf, stepOf, tomorrowAtTen, weeksOf, widthOf, wishOf } from './campaigns'
import { aCampaign, aVariant } from './test/campaignSamples'

describe('what is typed', () => {
  it('is the bank’s time, wherever the browser stands', () => {
    expect(asTyped('2026-03-11T02:00:00Z')).toBe('2026-03-11T10:00')
    expect(fromTyped('2026-03-11T10:00')).toBe('2026-03-11T02:00:00.000Z')
  })

  it('begins with tomorrow at ten, also late in the evening', () => {
    expect(tomorrowAtTen(Date.parse('2026-03-10T15:59:00Z'))).toBe('2026-03-11T02:00:00.000Z')
    expect(tomorrowAtTen(Date.parse('2026-03-10T16:00:00Z'))).toBe('2026-03-12T02:00:00.000Z')
  })
})

it('saves what was read, and no more', () => {
  const wish = wishOf(aCampaign({ excluded: [{ id: 2, name: null }], revision: 9 }))

  expect(wish).toMatchObject({ included: [1], excluded: [2], variants: [{ article_version_id: 31, share: 100 }], revision: 9 })
  expect(wish).not.toHaveProperty('state')
})

it.each([
  [{ name: ' 一 ' }, 'name'],
  [{ variants: [aVariant({ share: 60 }), aVariant({ number: 2, share: 30 })] }, 'shares'],
  [{ not_after: '2026-03-11T02:00:00Z' }, 'order'],
  [{ variants: [] }, null],
  [{}, null],
])('knows what keeps it from being saved: %o', (over, lack) => {
  expect(lackOf(wishOf(aCampaign(over)))).toBe(lack)
})

it.each([
  ['included', 'audience'],
  ['excluded', 'audience'],
  ['variants', 'content'],
  ['variants.2', 'content'],
  ['not_after', 'time'],
] as const)('mends %s in the step %s', (place, step) => {
  expect(stepOf({ place, reason: '', words: '' })).toBe(step)
})

it('gives equal shares that make a hundred', () => {
  expect([1, 2, 3, 4].map(evenShares)).toEqual([[100], [50, 50], [34, 33, 33], [25, 25, 25, 25]])
  expect(evenShares(0)).toEqual([])
})

it('offers every figure, those of the goal first', () => {
  expect(metricsOf('upgrade').slice(0, 3)).toEqual(['drawdowns', 'applications', 'handoffs'])
  expect(new Set(metricsOf('upgrade')).size).toBe(8)
})

it('lays a month out from Monday to Sunday', () => {
  const weeks = weeksOf('2026-03')

  expect(weeks).toHaveLength(6)
  expect(weeks[0]).toEqual(['', '', '', '', '', '', '2026-03-01'])
  expect(weeks[5]).toEqual(['2026-03-30', '2026-03-31', '', '', '', '', ''])
  expect([monthBeside('2026-12', 1), monthBeside('2026-01', -1)]).toEqual(['2027-01', '2025-12'])
})

it.each([
  [0, 100, '0%'],
  [1, 10_000, '<0.1%'],
  [5, 1000, '0.5%'],
  [38, 100, '38%'],
  [1, 0, '0%'],
])('tells %i of %i as %s', (part, whole, told) => {
  expect(partOf(part, whole)).toBe(told)
})

it('draws no bar longer than the whole, and none of nothing', () => {
  expect([widthOf(1, 4), widthOf(9, 4), widthOf(1, 0)]).toEqual(['25%', '100%', '0%'])
  expect(letterOf(2)).toBe('B')
})
