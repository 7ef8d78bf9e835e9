import { beforeEach, expect, it } from 'vitest'

import { forgetRecord, missing, noteFrame, noteLag, noteLive, percentile, useStreamRecord } from './useStreamRecord'

beforeEach(forgetRecord)

it('knows what came, and what never did', () => {
  noteFrame('hello', '5')
  noteFrame('line.added', '7')
  noteFrame('line.added', '9')

  expect(useStreamRecord()).toMatchObject({ firstId: 5, lastId: 9, events: 2 })
  expect(missing([7, 8, 9])).toEqual([8])
})

it('counts lines taken up again, not the first one', () => {
  noteLive()
  noteLive()
  noteLive()

  expect(useStreamRecord().reconnects).toBe(2)
})

it('begins anew after a reset: what came before cannot be compared', () => {
  noteFrame('line.added', '5')
  noteFrame('reset', '90')

  expect(useStreamRecord()).toMatchObject({ firstId: 90, lastId: 90, resets: 1 })
  expect(missing([5])).toEqual([5])
})

it('keeps the last two hundred lags and takes a clock ahead of ours for no time', () => {
  for (let ms = -1; ms < 300; ms += 1) noteLag(ms)

  const { lagsMs } = useStreamRecord()
  expect([lagsMs.length, lagsMs[0], lagsMs.at(-1)]).toEqual([200, 100, 299])
  expect([percentile(lagsMs, 0.5), percentile(lagsMs, 0.95), percentile([], 0.5)]).toEqual([200, 290, null])
  noteLag(-20)
  expect(useStreamRecord().lagsMs.at(-1)).toBe(0)
})
