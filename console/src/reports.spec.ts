import { expect, it } from 'vitest'

import type { ReportMetric } from './api/types'
import { scoreOf } from './quality'
import { changeOf, daysOf, formatFigure, formatSeconds, toneOf } from './reports'

const metric = (over: Partial<ReportMetric>): ReportMetric => ({
  id: 'service_level', name: '20秒接通率', english: 'Within 20 s', group: 'service', unit: 'share', formula: '', population: '',
  notes: '', target: 0.8, wants: 'more', has_chats: true, ...over,
})

it('shows values in their unit and nothing where nothing was measured', () => {
  expect([formatFigure('share', 0.8333), formatFigure('count', 1500), formatFigure('fen', 15_000_000), formatFigure('seconds', null)]).toEqual(['83.3%', '1,500', '15万', '—'])
  expect([formatSeconds(45), formatSeconds(185), formatSeconds(3785)]).toEqual(['45″', '3′05″', '1:03:05'])
})

it('judges only what has a target, in the direction that is wanted', () => {
  expect([toneOf(metric({}), 0.8), toneOf(metric({}), 0.79), toneOf(metric({}), null)]).toEqual(['ok', 'bad', 'plain'])
  expect([toneOf(metric({ target: 20, wants: 'less' }), 20), toneOf(metric({ target: null }), 0)]).toEqual(['ok', 'plain'])
})

it('compares shares in points and the rest in percent', () => {
  const figure = (value: number | null, before: number | null): Parameters<typeof changeOf>[1] => ({ metric: 'a', value, before, part: null, whole: null })
  expect(changeOf(metric({}), figure(0.9, 0.85))).toBe('↑5.0')
  expect(changeOf(metric({ unit: 'count' }), figure(90, 100))).toBe('↓10.0%')
  expect([changeOf(metric({}), figure(0.9, null)), changeOf(metric({ unit: 'count' }), figure(9, 0))]).toEqual(['', ''])
})

it('counts days by the clock of the bank', () => {
  const now = Date.parse('2026-11-24T16:30:00Z')
  expect(daysOf('today', now)).toEqual({ first: '2026-11-25', last: '2026-11-25' })
  expect(daysOf('week', now)).toEqual({ first: '2026-11-19', last: '2026-11-25' })
  expect(daysOf('yesterday', now)).toEqual({ first: '2026-11-24', last: '2026-11-24' })
})

it('works out a score as the server does', () => {
  const item = (id: string, weight: number, isFatal = false): Parameters<typeof scoreOf>[0][number] => ({ id, name: id, weight, hint: '', is_fatal: isFatal, finding: null })
  const items = [item('a', 60), item('b', 40), item('f', 0, true)]
  expect(scoreOf(items, { a: 'good', b: 'part', f: 'na' })).toBe(80)
  expect(scoreOf(items, { a: 'good', b: 'na', f: 'fail' })).toBe(0)
  expect(scoreOf(items, { a: 'good' })).toBeNull()
})
