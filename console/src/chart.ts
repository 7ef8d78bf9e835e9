/** The few parts of echarts that are used, and the board's chart as data. Only lazy views import this file. */
import { BarChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import type { ECharts, EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

import type { Bucket } from './api/types'

use([BarChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, SVGRenderer])

export type { ECharts }

/** A colour of the theme in force. */
export function tokenOf(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim()
}

/** A chart in this element, in the given size until it is resized. */
export function chartIn(element: HTMLElement): ECharts {
  return init(element, undefined, { renderer: 'svg', width: element.clientWidth || 480, height: element.clientHeight || 180 })
}

export interface ChartWords {
  arrivals: string
  answered: string
  abandoned: string
}

/** Arrivals, answers and abandonments by quarter of an hour. */
export function arrivalsOption(buckets: readonly Bucket[], words: ChartWords, clock: (at: string) => string, color: (name: string) => string): EChartsCoreOption {
  const axis = { axisLabel: { color: color('--ink-3') }, axisLine: { lineStyle: { color: color('--line-2') } } }
  const bars = (key: keyof ChartWords, token: string) => ({
    name: words[key],
    type: 'bar',
    data: buckets.map((one) => one[key]),
    itemStyle: { color: color(token) },
    barMaxWidth: 8,
    barGap: '10%',
  })
  return {
    animation: false,
    aria: { enabled: true },
    grid: { left: 30, right: 8, top: 30, bottom: 22 },
    legend: { top: 2, right: 8, itemWidth: 10, itemHeight: 10, textStyle: { color: color('--ink-2') } },
    tooltip: { trigger: 'axis', backgroundColor: color('--surface'), borderColor: color('--line-2'), textStyle: { color: color('--ink') } },
    xAxis: { type: 'category', data: buckets.map((one) => clock(one.starts_at)), axisTick: { show: false }, ...axis },
    yAxis: { type: 'value', minInterval: 1, splitLine: { lineStyle: { color: color('--line') } }, ...axis },
    series: [bars('arrivals', '--info'), bars('answered', '--ok'), bars('abandoned', '--bad')],
  }
}
