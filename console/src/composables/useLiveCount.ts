/** Whom a rule holds, asked anew a moment after each change; an answer to an older rule is dropped. */
import { useDebounceFn } from '@vueuse/core'
import { type Ref, ref, watch } from 'vue'

import { look } from '../api/audience'
import type { AudienceLook } from '../api/types'
import { asRule, type Group } from '../audience'
import { useProblemText } from './useProblemText'

const TYPED_MS = 350

interface LiveCount {
  found: Ref<AudienceLook | null>
  problem: Ref<string>
  isAsking: Ref<boolean>
}

export function useLiveCount(rule: Ref<Group>): LiveCount {
  const { textOf } = useProblemText()
  const found = ref<AudienceLook | null>(null)
  const problem = ref('')
  const isAsking = ref(false)
  let run = 0

  async function ask(): Promise<void> {
    const mine = ++run
    try {
      const answer = await look(asRule(rule.value))
      if (mine !== run) return
      found.value = answer
      problem.value = ''
    } catch (error) {
      if (mine === run) problem.value = textOf(error)
    } finally {
      if (mine === run) isAsking.value = false
    }
  }

  const later = useDebounceFn(ask, TYPED_MS)

  watch(
    rule,
    (_now, before) => {
      isAsking.value = true
      void (before === undefined ? ask() : later())
    },
    { immediate: true, deep: true },
  )

  return { found, problem, isAsking }
}
