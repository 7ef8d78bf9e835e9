/** What each chart of the reports shows, from the page's figures and colours. */
import type { ReportHour } from './api/types'
import { axisOf, type ChartTokens, frameOf } from './chartTheme'

type Option = Record<string, unknown>

export interface Line {
  name: string
  values: readonly (number | null)[]
}

/** Lines over days; `target` is drawn across. */
export function trendOption(tokens: ChartTokens, days: readonly string[], lines: readonly Line[], format: (value: number) => string, target: number | null): Option {
  const mark = { silent: true, symbol: 'none', lineStyle: { color: tokens.warn, type: 'dashed' }, label: { show: false }, data: [{ yAxis: target }] }
  return {
    ...frameOf(tokens),
    tooltip: { ...(frameOf(tokens).tooltip as Option), valueFormatter: (value: number | null) => (value === null ? '—' : format(value)) },
    xAxis: axisOf(tokens, { type: 'category', data: days.map((day) => day.slice(5)), boundaryGap: false }),
    yAxis: axisOf(tokens, { type: 'value', axisLabel: { color: tokens['ink-3'], formatter: format } }),
    series: lines.map((line, index) => ({
      type: 'line',
      name: line.name,
      data: line.values,
      symbolSize: 6,
      lineStyle: index ? { type: 'dashed', width: 1.5 } : { width: 2 },
      ...(index === 0 && target !== null ? { markLine: mark } : {}),
    })),
  }
}

/** Bars of one height a day, one colour an outcome. */
export function outcomesOption(tokens: ChartTokens, days: readonly string[], lines: readonly Line[]): Option {
  return {
    ...frameOf(tokens),
    xAxis: axisOf(tokens, { type: 'category', data: days.map((day) => day.slice(5)) }),
    yAxis: axisOf(tokens, { type: 'value', minInterval: 1 }),
    series: lines.map((line) => ({ type: 'bar', stack: 'outcomes', name: line.name, data: line.values, barMaxWidth: 28 })),
  }
}

/** Weekdays by hours; the colour is how many arrive for each rep on duty, so that what is dark wants people. */
export function hoursOption(tokens: ChartTokens, hours: readonly ReportHour[], weekdays: readonly string[], tell: (hour: ReportHour) => string): Option {
  const frame = frameOf(tokens)
  const shown = hours.map((hour) => hour.hour)
  const [from, to] = [Math.min(8, ...shown), Math.max(18, ...shown)]
  const columns = Array.from({ length: to - from + 1 }, (_, index) => from + index)
  const most = Math.max(1, ...hours.map((hour) => hour.arrivals))
  return {
    ...frame,
    grid: { left: 8, right: 16, top: 8, bottom: 40, containLabel: true },
    tooltip: { ...(frame.tooltip as Option), trigger: 'item', formatter: ({ dataIndex }: { dataIndex: number }) => (hours[dataIndex] ? tell(hours[dataIndex]) : '') },
    xAxis: axisOf(tokens, { type: 'category', data: columns.map((hour) => `${hour}:00`) }),
    yAxis: axisOf(tokens, { type: 'category', data: weekdays, inverse: true }),
    visualMap: { min: 0, max: most, calculable: false, orient: 'horizontal', left: 'center', bottom: 0, text: [String(most), '0'], itemHeight: 90, itemWidth: 10, textStyle: { color: tokens['ink-3'] }, inRange: { color: [tokens.sunken, tokens.brand] } },
    series: [{
      type: 'heatmap',
      data: hours.map((hour) => [hour.hour - from, hour.weekday, hour.arrivals]),
      label: { show: true, formatter: ({ dataIndex }: { dataIndex: number }) => staffing(hours[dataIndex]), fontSize: 11, color: tokens.ink, textBorderColor: tokens.surface, textBorderWidth: 2.5 },
      itemStyle: { borderColor: tokens.surface, borderWidth: 2 },
    }],
  }
}

const staffing = (hour: ReportHour | undefined): string => (hour ? `${round(hour.arrivals)}/${round(hour.staffed)}` : '')
const round = (value: number): string => value.toLocaleString('zh-CN', { maximumFractionDigits: 1 })

/** The way of loans; every step keeps its place, however many got there. */
export function funnelOption(tokens: ChartTokens, steps: readonly { name: string; count: number }[]): Option {
  const frame = frameOf(tokens)
  return {
    ...frame,
    legend: { show: false },
    tooltip: { ...(frame.tooltip as Option), trigger: 'item' },
    series: [{
      type: 'funnel',
      sort: 'none',
      left: 12,
      right: 12,
      top: 8,
      bottom: 8,
      minSize: '18%',
      gap: 3,
      label: { position: 'inside', formatter: '{b} {c}', color: tokens.surface, textBorderWidth: 0, fontWeight: 600 },
      itemStyle: { color: tokens.brand, borderColor: tokens.surface },
      data: steps.map((step) => ({ name: step.name, value: step.count })),
    }],
  }
}
