/** How many messages the platform still lets us send, and why none when none. */
import { computed, type ComputedRef, type Ref } from 'vue'

import type { HandoffItem } from '../api/types'
import { formatCountdown, isSoon, secondsSince } from '../format'

const WINDOW_S = 48 * 3600
/** From here on the server asks for something to be done, and from there on it is nearly too late. */
const RESCUE_S = 2 * 3600
const HURRY_S = 15 * 60

export type Blocked = 'window_closed' | 'allowance_spent'

/** How much hurry there is: little left or the last hours warn, nothing or the last minutes are bad. */
export type Urgency = 'ok' | 'warn' | 'bad'

export interface AllowanceView {
  left: number
  countdown: string
  isSoon: boolean
  urgency: Urgency
  blocked: Blocked | null
}

export function useAllowance(
  item: Readonly<Ref<HandoffItem | undefined>>,
  now: Readonly<Ref<number>>,
): ComputedRef<AllowanceView> {
  return computed(() => viewOf(item.value, now.value))
}

/** The same for one row of a list. */
export function viewOf(item: HandoffItem | undefined, now: number): AllowanceView {
  const allowance = item?.allowance
  const seconds = allowance?.closes_at ? -secondsSince(allowance.closes_at, now) : 0
  const left = allowance && seconds > 0 ? allowance.left : 0
  return {
    left,
    countdown: formatCountdown(seconds),
    isSoon: left > 0 && isSoon(seconds),
    urgency: urgencyOf(left, allowance?.free ?? 0, seconds),
    blocked: left > 0 ? null : reason(item, now),
  }
}

function urgencyOf(left: number, free: number, seconds: number): Urgency {
  if (left === 0 || seconds < HURRY_S) return 'bad'
  return free === 0 || seconds < RESCUE_S ? 'warn' : 'ok'
}

/** With nothing left: used up while the customer's last word is younger than the window, else the window is over. */
function reason(item: HandoffItem | undefined, now: number): Blocked {
  const last = item?.last_customer_at
  return last && secondsSince(last, now) < WINDOW_S ? 'allowance_spent' : 'window_closed'
}
