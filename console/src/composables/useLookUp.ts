/** Knowledge looked up for one chat: what follows the words and the kind, and which of it the arrow keys stand on. */
import { watchDebounced } from '@vueuse/core'
import { onScopeDispose, type Ref, ref, watch } from 'vue'

import { lookUp } from '../api/composing'
import type { KnowledgeKind, LookedUp } from '../api/types'

const TYPED_MS = 200

export interface LookUp {
  text: Ref<string>
  kind: Ref<KnowledgeKind | null>
  found: Ref<LookedUp[]>
  active: Ref<number>
  isLooking: Ref<boolean>
  move: (step: 1 | -1) => void
}

export function useLookUp(id: Readonly<Ref<number>>): LookUp {
  const text = ref('')
  const kind = ref<KnowledgeKind | null>(null)
  const found = ref<LookedUp[]>([])
  const active = ref(0)
  const isLooking = ref(false)
  let asked = 0

  watchDebounced([text, kind, id], look, { debounce: TYPED_MS })
  watch(found, () => (active.value = 0))
  onScopeDispose(() => asked++)

  async function look(): Promise<void> {
    const mine = ++asked
    const hasQuestion = Boolean(text.value.trim()) || kind.value !== null
    isLooking.value = hasQuestion
    const page = hasQuestion ? await lookUp(id.value, text.value, kind.value).catch(() => []) : []
    if (mine !== asked) return
    found.value = page
    isLooking.value = false
  }

  function move(step: 1 | -1): void {
    const count = found.value.length
    if (count) active.value = (active.value + step + count) % count
  }

  return { text, kind, found, active, isLooking, move }
}
