/** A list of quality checks, page by page; a late answer to another list is dropped. */
import { type Ref, ref } from 'vue'

import type { ChecksPage, QualityRow } from '../api/types'
import { useBusy } from './useBusy'

export interface Checks {
  rows: Ref<QualityRow[]>
  counts: Ref<ChecksPage['counts']>
  next: Ref<number | null>
  isRead: Ref<boolean>
  isBusy: Ref<boolean>
  read: () => Promise<void>
  readMore: () => Promise<void>
}

export function useChecks(load: (before?: number) => Promise<ChecksPage>): Checks {
  const rows = ref<QualityRow[]>([])
  const counts = ref<ChecksPage['counts']>({})
  const next = ref<number | null>(null)
  const isRead = ref(false)
  const { isBusy, doing } = useBusy()
  let asked = 0

  const take = (before?: number): Promise<void> =>
    doing(async () => {
      const turn = ++asked
      const page = await load(before)
      if (turn !== asked) return
      rows.value = before === undefined ? page.items : [...rows.value, ...page.items]
      counts.value = page.counts
      next.value = page.next
      isRead.value = true
    })

  return { rows, counts, next, isRead, isBusy, read: () => take(), readMore: () => take(next.value ?? undefined) }
}
