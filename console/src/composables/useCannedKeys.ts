/** The list of canned replies under the hand of whoever writes: a `/` opens it, arrows and Enter choose, Esc shuts it. */
import { computed, type ComputedRef, type Ref, ref, watch } from 'vue'

import type { Canned } from '../api/types'
import { type CannedPicker, useCanned } from './useCanned'

export interface CannedKeys extends CannedPicker {
  isPicking: ComputedRef<boolean>
  open: () => void
  /** True when the key belonged to the list. */
  onKey: (key: string) => boolean
}

export function useCannedKeys(options: { draft: Ref<string>; pick: (item: Canned) => void }): CannedKeys {
  const { draft, pick } = options
  const isShut = ref(false)
  const canned = useCanned(computed(() => draft.value.slice(1)))
  const isPicking = computed(() => draft.value.startsWith('/') && !draft.value.includes('\n') && !isShut.value)

  watch(draft, (text) => {
    if (!text.startsWith('/')) isShut.value = false
  })

  function open(): void {
    isShut.value = false
    if (!draft.value) draft.value = '/'
  }

  function onKey(key: string): boolean {
    if (!isPicking.value) return false
    if (key === 'ArrowDown') canned.move(1)
    else if (key === 'ArrowUp') canned.move(-1)
    else if (key === 'Escape') isShut.value = true
    else if (key === 'Enter') choose()
    else return false
    return true
  }

  function choose(): void {
    const item = canned.picked()
    if (item) pick(item)
  }

  return { ...canned, isPicking, open, onKey }
}
