/** Canned replies and approved cards, loaded once, and what the knowledge base has: found by what follows the `/`. */
import { watchDebounced } from '@vueuse/core'
import { computed, type ComputedRef, type Ref, ref, watch } from 'vue'

import { listCanned } from '../api/desk'
import { search } from '../api/knowledge'
import type { Canned, Hit } from '../api/types'

const SHOWN = 8
const ASKED_FROM_CHARS = 2
const TYPED_MS = 250
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
  const found = ref<Canned[]>([])
  const matches = computed(() => {
    const own = filterCanned(all.value, query.value)
    const known = new Set(own.map((item) => item.id))
    const others = found.value.filter((item) => !known.has(item.id))
    return [...own.slice(0, SHOWN - others.length), ...others]
  })
  watch(matches, () => (active.value = 0))

  watchDebounced(
    query,
    async (words) => {
      const hits = words.trim().length < ASKED_FROM_CHARS ? [] : await search(words).catch(() => [])
      if (words === query.value) found.value = hits.map(cannedOf)
    },
    { debounce: TYPED_MS },
  )

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

/** An approved text as something to pick: a card goes out as a card, the rest as words the rep may still fit. */
function cannedOf(hit: Hit): Canned {
  const isCard = hit.card !== null && (hit.kind === 'product' || hit.kind === 'guide')
  return { id: hit.card ?? `${hit.kind}:${hit.key}`, title: hit.title, text: hit.text, kind: isCard ? hit.kind : 'text', keywords: [] } as Canned
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
