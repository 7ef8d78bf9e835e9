/** How differences of groups read, and the charts of results. */
import type { ResultLift } from './api/types'
import { axisOf, type ChartTokens, frameOf } from './chartTheme'
import { NOTHING } from './reports'

type Option = Record<string, unknown>
/** What speaks of two groups and how they differ. */
export type Compared = Pick<ResultLift, 'value' | 'low' | 'high' | 'is_enough' | 'is_clear'>
export type Verdict = 'none' | 'few' | 'chance' | 'more' | 'less'

/** What a difference says: nothing to compare with, too few, perhaps chance, clearly more or clearly less. */
export function verdictOf(one: Compared): Verdict {
  if (one.value === null) return 'none'
  if (!one.is_enough) return 'few'
  if (!one.is_clear) return 'chance'
  return one.value > 0 ? 'more' : 'less'
}

/** A share in percent; small ones keep a digit more, because pushes move tenths. */
export function formatShare(share: number | null): string {
  if (share === null) return NOTHING
  return `${(100 * share).toFixed(Math.abs(share) < 0.1 ? 2 : 1)}%`
}

/** A difference of shares in points, with its sign. */
export function formatPoints(value: number | null): string {
  if (value === null) return NOTHING
  const points = 100 * value
  return `${points > 0 ? '+' : points < 0 ? '−' : ''}${Math.abs(points).toFixed(2)}`
}

/** The interval of a difference, in points. */
export const formatInterval = (one: Compared): string => (one.low === null || one.high === null ? NOTHING : `${formatPoints(one.low)} ~ ${formatPoints(one.high)}`)

/** Letters stand for variants: 1 is A. */
export const letterOf = (variant: number): string => String.fromCharCode(64 + variant)

/** Steps below each other; the bar's length is its share of the first step, the label its count and its part of the step before. */
export function stepsOption(tokens: ChartTokens, steps: readonly { name: string; count: number; label: string }[]): Option {
  const frame = frameOf(tokens)
  return {
    ...frame,
    legend: { show: false },
    tooltip: { show: false },
    grid: { left: 8, right: 150, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: 'log', min: 1, show: false, logBase: 10 },
    yAxis: axisOf(tokens, { type: 'category', inverse: true, data: steps.map((step) => step.name), axisLine: { show: false }, axisLabel: { color: tokens['ink-2'] } }),
    series: [{
      type: 'bar',
      barMaxWidth: 22,
      // On a scale by tens, or the last steps could not be seen; one more, so that a single one is a bar.
      data: steps.map((step) => (step.count ? step.count + 1 : 1)),
      itemStyle: { color: tokens.brand, borderRadius: 3 },
      label: { show: true, position: 'right', color: tokens.ink, formatter: ({ dataIndex }: { dataIndex: number }) => steps[dataIndex]?.label ?? '' },
    }],
  }
}

/** Lines over weeks, in shares; the held-out group is dashed. */
export function weeksOption(tokens: ChartTokens, weeks: readonly string[], lines: readonly { name: string; shares: readonly (number | null)[]; isHeld: boolean }[]): Option {
  const frame = frameOf(tokens)
  return {
    ...frame,
    tooltip: { ...(frame.tooltip as Option), valueFormatter: (share: number | null) => formatShare(share) },
    xAxis: axisOf(tokens, { type: 'category', data: weeks }),
    yAxis: axisOf(tokens, { type: 'value', axisLabel: { color: tokens['ink-3'], formatter: (share: number) => formatShare(share) } }),
    series: lines.map((line) => ({
      type: 'line',
      name: line.name,
      data: line.shares,
      symbolSize: 6,
      lineStyle: line.isHeld ? { type: 'dashed', width: 1.5, color: tokens['ink-3'] } : { width: 2 },
      ...(line.isHeld ? { itemStyle: { color: tokens['ink-3'] } } : {}),
    })),
  }
}
