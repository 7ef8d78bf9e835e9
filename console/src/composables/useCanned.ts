/** Canned replies and approved cards: loaded once, found by what follows the `/`. */
import { computed, type ComputedRef, type Ref, ref, watch } from 'vue'

import { listCanned } from '../api/desk'
import type { Canned } from '../api/types'

const SHOWN = 8
const all = ref<Canned[]>([])

export interface CannedPicker {
  matches: ComputedRef<Canned[]>
  active: Ref<number>
  move: (step: 1 | -1) => void
  picked: () => Canned | undefined
}

/** Read the list; a failure leaves the last one. */
export async function loadCanned(): Promise<void> {
  all.value = await listCanned().catch(() => all.value)
}

/** The card of this id, if it is on the approved list. */
export function cannedById(id: string): Canned | undefined {
  return all.value.find((item) => item.id === id)
}

/** What matches the text after `/`, and which of it the arrow keys stand on. */
export function useCanned(query: Readonly<Ref<string>>): CannedPicker {
  const active = ref(0)
  const matches = computed(() => filterCanned(all.value, query.value).slice(0, SHOWN))
  watch(matches, () => (active.value = 0))

  function move(step: 1 | -1): void {
    const count = matches.value.length
    if (count > 0) active.value = (active.value + step + count) % count
  }

  return { matches, active, move, picked: () => matches.value[active.value] }
}

/** Best first: title, then keyword, then text, then the title's characters in order with gaps. Empty query: everything. */
export function filterCanned(items: readonly Canned[], query: string): Canned[] {
  const wanted = query.trim().toLowerCase()
  if (!wanted) return [...items]
  return items
    .map((item) => ({ item, score: scoreOf(item, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item)
}

function scoreOf(item: Canned, wanted: string): number {
  const title = item.title.toLowerCase()
  if (title.startsWith(wanted)) return 5
  if (title.includes(wanted)) return 4
  if (item.keywords.some((word) => word.toLowerCase().includes(wanted))) return 3
  if (item.text.toLowerCase().includes(wanted)) return 2
  return isSpread(title, wanted) ? 1 : 0
}

function isSpread(title: string, wanted: string): boolean {
  let from = 0
  for (const char of wanted) {
    const at = title.indexOf(char, from)
    if (at < 0) return false
    from = at + char.length
  }
  return true
}
