import { ref } from 'vue'
import { describe, expect, it } from 'vitest'

import { anItem, at, NOW } from '../test/samples'
import { useAllowance, viewOf } from './useAllowance'

const HOUR = 3600

describe('the allowance', () => {
  it('counts down as time goes by', () => {
    const now = ref(NOW)
    const view = useAllowance(ref(anItem({ allowance: { left: 3, free: 2, closes_at: at(2 * HOUR) } })), now)
    expect(view.value).toMatchObject({ left: 3, countdown: '02:00', blocked: null, isSoon: false })

    now.value = NOW + 1.5 * HOUR * 1000

    expect(view.value).toMatchObject({ left: 3, countdown: '30:00', isSoon: true })
  })

  it('is closed the second its time is up, although the server has not said so', () => {
    const item = anItem({ last_customer_at: at(-48 * HOUR), allowance: { left: 3, free: 2, closes_at: at(0) } })

    expect(viewOf(item, NOW)).toMatchObject({ left: 0, blocked: 'window_closed' })
  })

  it.each([
    [at(-48 * HOUR + 60), 'allowance_spent'],
    [at(-48 * HOUR - 60), 'window_closed'],
    [null, 'window_closed'],
  ])('with nothing left and a last word at %s it is %s', (last, blocked) => {
    const item = anItem({ last_customer_at: last, allowance: { left: 0, free: 0, closes_at: null } })

    expect(viewOf(item, NOW).blocked).toBe(blocked)
  })

  it.each([
    [5, 4, 3 * HOUR, 'ok'],
    [5, 4, 2 * HOUR - 1, 'warn'],
    [1, 0, 40 * HOUR, 'warn'],
    [5, 4, 14 * 60, 'bad'],
    [0, 0, 40 * HOUR, 'bad'],
  ])('with %s left, %s of them free, and %s s to go is %4$s', (left, free, seconds, urgency) => {
    expect(viewOf(anItem({ allowance: { left, free, closes_at: at(seconds) } }), NOW).urgency).toBe(urgency)
  })
})
