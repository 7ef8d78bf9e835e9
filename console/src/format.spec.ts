import { describe, expect, it } from 'vitest'

import { dayText, formatCountdown, formatMoment, formatWait, formatYuan, spokenTime, waitTone } from './format'

describe('countdowns', () => {
  it.each([
    [0, '00:00'],
    [-5, '00:00'],
    [9.9, '00:09'],
    [61, '01:01'],
    [3599, '59:59'],
    [3600, '01:00'],
    [169_920, '47:12'],
  ])('shows %s seconds left as %s', (seconds, shown) => {
    expect(formatCountdown(seconds)).toBe(shown)
  })

  it.each([
    [75, '01:15'],
    [3599, '59:59'],
    [3725, '1:02:05'],
  ])('shows %s seconds of waiting as %s', (seconds, shown) => {
    expect(formatWait(seconds)).toBe(shown)
  })

  it.each([
    [19, 'calm'],
    [20, 'warm'],
    [59, 'warm'],
    [60, 'hot'],
  ])('paints a wait of %s seconds %s', (seconds, tone) => {
    expect(waitTone(seconds)).toBe(tone)
  })
})

describe('moments and amounts', () => {
  it('shows the clock of Shanghai, and the date of another day', () => {
    const now = Date.parse('2026-03-10T17:00:00Z')

    expect(formatMoment('2026-03-10T16:05:00Z', now)).toBe('00:05')
    expect(formatMoment('2026-03-10T15:55:00Z', now)).toBe('03-10 23:55')
  })

  it('counts in 万 from ten thousand yuan on', () => {
    expect(formatYuan(999_900)).toBe('9,999')
    expect(formatYuan(30_000_000)).toBe('30万')
  })
})

describe('a time to call', () => {
  const now = Date.parse('2026-11-27T11:00:00+08:00')

  it.each([
    ['2026-11-27T15:00:00+08:00', '今天15:00', '今天下午3点'],
    ['2026-11-28T10:00:00+08:00', '明天10:00', '明天上午10点'],
    ['2026-11-30T10:30:00+08:00', '周一（11-30）10:30', '周一上午10点半'],
    ['2026-11-27T12:15:00+08:00', '今天12:15', '今天下午12点15分'],
  ])('%s is shown and said as on the phone', (at, shown, said) => {
    expect(dayText(at, now)).toBe(shown)
    expect(spokenTime(at, now)).toBe(said)
  })
})
