import { expect, it } from 'vitest'

import { formatInterval, formatPoints, formatShare, letterOf, stepsOption, verdictOf, weeksOption } from './results'
import type { ChartTokens } from './chartTheme'

const told = { value: 0.02, low: 0.01, high: 0.03, is_enough: true, is_clear: true }
const tokens = new Proxy({}, { get: (_, name) => `--${String(name)}` }) as ChartTokens

it('says of a difference only what the numbers allow', () => {
  expect(verdictOf(told)).toBe('more')
  expect(verdictOf({ ...told, value: -0.02 })).toBe('less')
  expect(verdictOf({ ...told, is_clear: false })).toBe('chance')
  expect(verdictOf({ ...told, is_enough: false })).toBe('few')
  expect(verdictOf({ ...told, value: null })).toBe('none')
})

it('shows small shares by the hundredth and differences in points with their sign', () => {
  expect([formatShare(0.0123), formatShare(0.345), formatShare(null)]).toEqual(['1.23%', '34.5%', '—'])
  expect([formatPoints(0.012), formatPoints(-0.012), formatPoints(0), formatPoints(null)]).toEqual(['+1.20', '−1.20', '0.00', '—'])
  expect([formatInterval(told), formatInterval({ ...told, low: null })]).toEqual(['+1.00 ~ +3.00', '—'])
})

it('calls variants by letters', () => {
  expect([letterOf(1), letterOf(4)]).toEqual(['A', 'D'])
})

it('draws a step of nobody as no bar and one of somebody as one', () => {
  const option = stepsOption(tokens, [{ name: '送达', count: 100, label: '100' }, { name: '提款', count: 1, label: '1' }, { name: '申请', count: 0, label: '0' }])

  const [series] = option.series as { data: number[]; label: { formatter: (one: { dataIndex: number }) => string } }[]
  expect(series?.data).toEqual([101, 2, 1])
  expect([series?.label.formatter({ dataIndex: 1 }), series?.label.formatter({ dataIndex: 9 })]).toEqual(['1', ''])
})

it('draws the held-out group dashed', () => {
  const option = weeksOption(tokens, ['1'], [{ name: '已发送', shares: [0.1], isHeld: false }, { name: '对照组', shares: [0.05], isHeld: true }])

  expect((option.series as { lineStyle: { type?: string } }[]).map((one) => one.lineStyle.type)).toEqual([undefined, 'dashed'])
  const axis = option.yAxis as { axisLabel: { formatter: (share: number) => string } }
  const tip = option.tooltip as { valueFormatter: (share: number | null) => string }
  expect([axis.axisLabel.formatter(0.5), tip.valueFormatter(null)]).toEqual(['50.0%', '—'])
})
