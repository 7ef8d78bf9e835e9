/** The server's time as a ref that moves once a second; every countdown of the page reads it. */
import { type Ref, readonly, ref } from 'vue'

import { everySecond } from '../ticker'

let offsetMs = 0
let stop: (() => void) | undefined
const now = ref(Date.now())

/** Milliseconds since the epoch by the server's clock. */
export function useNow(): Readonly<Ref<number>> {
  stop ??= everySecond(refresh)
  return readonly(now)
}

/** The server's time to the millisecond, for measuring. */
export function serverNow(): number {
  return Date.now() + offsetMs
}

/** The server said what time it is (ISO). */
export function setServerTime(at: string): void {
  const heard = Date.parse(at) - Date.now()
  if (Number.isNaN(heard)) return
  offsetMs = heard
  refresh()
}

/** Something happened on the server at this time, so its clock is not behind it. */
export function noteServerEvent(at: string): void {
  if (Date.parse(at) > Date.now() + offsetMs) setServerTime(at)
}

function refresh(): void {
  now.value = Date.now() + offsetMs
}
