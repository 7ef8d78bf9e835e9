/** Who is served next, as the routing reckons it (bot/handoff/rules.py `rank_in`): by place in the line, or by the end of the window in its last hours. */
import type { HandoffItem } from './api/types'

const CLOSING_WITHIN_MS = 4 * 3_600_000
/** So many minutes of waiting the last moment of a window is worth. */
const WORTH_MIN = 90

/** The place in the line at this moment; smaller is sooner. */
export function rankAt(item: Pick<HandoffItem, 'rank' | 'serve_by'>, now: number): number {
  const left = item.serve_by ? Date.parse(item.serve_by) - now : 0
  if (left <= 0 || left > CLOSING_WITHIN_MS) return item.rank
  return Math.min(item.rank, now / 1000 - (WORTH_MIN - left / CLOSING_WITHIN_MS) * 60)
}

/** Sorts who waits, whoever is served first first. */
export function byServing(now: number): (a: HandoffItem, b: HandoffItem) => number {
  return (a, b) => rankAt(a, now) - rankAt(b, now) || a.id - b.id
}
