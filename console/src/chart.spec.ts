import { expect, it } from 'vitest'

import { arrivalsOption, chartIn } from './chart'

const words = { arrivals: '请求', answered: '接入', abandoned: '放弃' }
const buckets = [
  { starts_at: '09:00', arrivals: 3, answered: 2, abandoned: 1 },
  { starts_at: '09:15', arrivals: 0, answered: 1, abandoned: 0 },
]

it('draws three bars for each quarter of an hour, in the colours of the theme', () => {
  const option = arrivalsOption(buckets, words, (at) => at, (name) => `<${name}>`)

  expect(option.series).toMatchObject([
    { name: '请求', data: [3, 0], itemStyle: { color: '<--info>' } },
    { name: '接入', data: [2, 1], itemStyle: { color: '<--ok>' } },
    { name: '放弃', data: [1, 0], itemStyle: { color: '<--bad>' } },
  ])
  expect(option.xAxis).toMatchObject({ data: ['09:00', '09:15'] })
})

it('is a picture in the page', () => {
  const place = document.createElement('div')
  const chart = chartIn(place)

  chart.setOption(arrivalsOption(buckets, words, (at) => at, () => '#888'))

  expect(place.querySelector('svg')?.textContent).toContain('09:15')
  chart.dispose()
})
