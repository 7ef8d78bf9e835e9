/** Days of a roster as "YYYY-MM-DD", and wall-clock times of the bank. */

const DAY_MS = 86_400_000

/** The day so many days later. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** The seven days from a Monday on. */
export function daysFrom(monday: string): string[] {
  return [0, 1, 2, 3, 4, 5, 6].map((days) => addDays(monday, days))
}

/** "2026-11-24T09:00", as a form gives it, as an instant: the bank's wall clock keeps UTC+8 all year. */
export function instantOf(local: string): string {
  return new Date(`${local}:00+08:00`).toISOString()
}

/** The end of the day on which something that lasts until then is over, as people say it: the last day itself. */
export function lastDayOf(end: string): string {
  return new Date(Date.parse(end) + 8 * 3_600_000 - 1).toISOString().slice(0, 10)
}

/** "11-24" of a day. */
export const shortDay = (day: string): string => day.slice(5)
