/** Whether this rep may write into this conversation now, and if not, what to tell him instead. */
import { computed, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import type { HandoffItem } from '../api/types'
import type { AllowanceView } from './useAllowance'

export interface Readonliness {
  text: string
}

export function useWhyReadonly(options: {
  item: Readonly<Ref<HandoffItem | undefined>>
  own: Readonly<Ref<boolean>>
  allowance: Readonly<Ref<AllowanceView>>
}): ComputedRef<Readonliness | null> {
  const { t } = useI18n()

  return computed(() => {
    const item = options.item.value
    if (!item) return null
    if (!options.own.value) return { text: whose(item) }
    if (options.allowance.value.blocked) {
      return { text: t(`composer.readonly.${options.allowance.value.blocked}`) }
    }
    return null
  })

  function whose(item: HandoffItem): string {
    const key = item.owner === 'active' ? 'others' : item.owner
    return t(`composer.readonly.${key}`, { name: item.rep_name ?? '' })
  }
}
