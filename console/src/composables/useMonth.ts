/** A month of pushes, read anew when one of them changes; an answer for a month that was left is dropped. */
import { computed, type ComputedRef, type Ref, ref, watch } from 'vue'

import { getCalendar } from '../api/mass'
import type { MassDay } from '../api/types'
import { dayAt } from '../campaigns'
import { useCampaignNews } from './useCampaignNews'
import { useNow } from './useNow'

export interface Month {
  /** 2026-11 */
  month: Ref<string>
  days: Ref<MassDay[]>
  today: ComputedRef<string>
  read: () => Promise<void>
}

export function useMonth(first?: string): Month {
  const now = useNow()
  const today = computed(() => dayAt(now.value))
  const month = ref(first ?? today.value.slice(0, 7))
  const days = ref<MassDay[]>([])

  async function read(): Promise<void> {
    const asked = month.value
    const found = await getCalendar(asked).catch(() => null)
    if (found && asked === month.value) days.value = found
  }

  watch([month, useCampaignNews().count], read, { immediate: true })
  return { month, days, today, read }
}
