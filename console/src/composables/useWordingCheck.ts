/** What would stand against the words being written, asked when the rep pauses; a failure says nothing, sending checks all the same. */
import { watchDebounced } from '@vueuse/core'
import { type Ref, ref, watch } from 'vue'

import { checkWording } from '../api/composing'
import type { Finding } from '../api/types'

const PAUSE_MS = 500
/** Shorter words break no rule. */
const FROM_CHARS = 4

export function useWordingCheck(draft: Readonly<Ref<string>>): Ref<Finding[]> {
  const found = ref<Finding[]>([])

  watch(draft, (text) => {
    found.value = found.value.filter(({ excerpt }) => text.includes(excerpt))
  })
  watchDebounced(
    draft,
    async (text) => {
      const words = text.trim()
      const findings = words.length < FROM_CHARS || words.startsWith('/') ? [] : await checkWording(words).catch(() => [])
      if (text === draft.value) found.value = findings.filter((one) => one.grade !== 'warn')
    },
    { debounce: PAUSE_MS },
  )
  return found
}
