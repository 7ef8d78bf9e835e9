/** Figures as people read them, spans of days, and the options of the charts. */
import type { ReportFigure, ReportMetric, ReportUnit } from './api/types'
import { formatYuan } from './format'

const DAY_MS = 86_400_000
export const NOTHING = '—'
export const SPANS = ['today', 'yesterday', 'week', 'month'] as const
export type Span = (typeof SPANS)[number]
const LENGTHS: Record<Span, number> = { today: 1, yesterday: 1, week: 7, month: 30 }

/** A value in its unit: 83.3%, 1:05, 12万. */
export function formatFigure(unit: ReportUnit, value: number | null): string {
  if (value === null) return NOTHING
  if (unit === 'share') return `${(100 * value).toFixed(1)}%`
  if (unit === 'seconds') return formatSeconds(value)
  if (unit === 'fen') return formatYuan(value)
  return value.toLocaleString('zh-CN', { maximumFractionDigits: 1 })
}

/** Seconds: "45″" under a minute, then "3′05″", then "1:03:05". */
export function formatSeconds(value: number): string {
  const whole = Math.round(value)
  const pad = (part: number): string => String(part).padStart(2, '0')
  if (whole < 60) return `${whole}″`
  if (whole < 3600) return `${Math.floor(whole / 60)}′${pad(whole % 60)}″`
  return `${Math.floor(whole / 3600)}:${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`
}

export type Tone = 'ok' | 'bad' | 'plain'

/** Whether a value meets its target; what has none, or no value, is not judged. */
export function toneOf(metric: ReportMetric, value: number | null): Tone {
  if (metric.target === null || metric.wants === null || value === null) return 'plain'
  const isMet = metric.wants === 'more' ? value >= metric.target : value <= metric.target
  return isMet ? 'ok' : 'bad'
}

/** The change against the days before: shares in points, the rest in percent; "" when there is nothing to compare. */
export function changeOf(metric: ReportMetric, figure: ReportFigure): string {
  const { value, before } = figure
  if (value === null || before === null) return ''
  const change = metric.unit === 'share' ? 100 * (value - before) : before === 0 ? null : 100 * (value / before - 1)
  if (change === null || Math.abs(change) < 0.05) return ''
  const sign = change > 0 ? '↑' : '↓'
  return `${sign}${Math.abs(change).toFixed(1)}${metric.unit === 'share' ? '' : '%'}`
}

/** The bank's day of an instant. */
export const dayOf = (ms: number): string => new Date(ms).toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })

/** First and last day. */
export interface Days {
  first: string
  last: string
}

/** First and last day of a span that ends today, or yesterday. */
export function daysOf(span: Span, nowMs: number): Days {
  const end = span === 'yesterday' ? nowMs - DAY_MS : nowMs
  return { first: dayOf(end - (LENGTHS[span] - 1) * DAY_MS), last: dayOf(end) }
}

