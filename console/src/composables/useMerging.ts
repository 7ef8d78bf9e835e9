/** Lines of the rep that wait for his next one, to leave as one message. */
import { computed, type ComputedRef, type Ref } from 'vue'

import type { Handoff } from '../api/types'

export interface Merging {
  count: number
  seconds: number
}

export function useMerging(handoff: Readonly<Ref<Handoff | undefined>>, now: Readonly<Ref<number>>): ComputedRef<Merging | null> {
  return computed(() => {
    const held = handoff.value?.lines.filter((line) => line.held_until) ?? []
    const until = held.at(-1)?.held_until
    if (!until) return null
    return { count: held.length, seconds: Math.max(0, Math.ceil((Date.parse(until) - now.value) / 1000)) }
  })
}
