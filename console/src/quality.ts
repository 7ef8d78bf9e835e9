/** The score of a form as it is being filled in; the server works it out again (bot/quality/rules.py). */
import type { QualityForm, QualityMark } from './api/types'

const WORTH: Record<QualityMark, number> = { good: 1, part: 0.5, fail: 0, na: 0 }

/** The points of 100, or null while an item has no mark. */
export function scoreOf(items: QualityForm['items'], marks: Readonly<Record<string, QualityMark>>): number | null {
  let [whole, reached, isFatal] = [0, 0, false]
  for (const item of items) {
    const mark = marks[item.id]
    if (!mark) return null
    if (item.is_fatal && mark === 'fail') isFatal = true
    if (mark === 'na') continue
    whole += item.weight
    reached += item.weight * WORTH[mark]
  }
  if (isFatal) return 0
  return whole ? Math.round((100 * reached) / whole) : 100
}
