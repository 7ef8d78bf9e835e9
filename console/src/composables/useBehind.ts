/** What stands behind a figure, page by page, for the figure that is asked for; null for none. */
import { type Ref, ref, watch } from 'vue'

import { useBusy } from './useBusy'

interface Page<Row> {
  items: Row[]
  next: number | null
}

interface BehindReading<Row> {
  rows: Ref<Row[]>
  next: Ref<number | null>
  isRead: Ref<boolean>
  isBusy: Ref<boolean>
  more: () => Promise<void>
}

export function useBehind<Metric, Row>(metric: Ref<Metric | null>, load: (metric: Metric, from?: number) => Promise<Page<Row>>): BehindReading<Row> {
  const rows = ref<Row[]>([]) as Ref<Row[]>
  const next = ref<number | null>(null)
  const isRead = ref(false)
  const { isBusy, doing } = useBusy()

  const read = (from?: number): Promise<void> =>
    doing(async () => {
      const asked = metric.value
      if (asked === null) return
      const page = await load(asked, from)
      if (asked !== metric.value) return
      rows.value = [...rows.value, ...page.items]
      next.value = page.next
      isRead.value = true
    })

  watch(metric, (one) => {
    rows.value = []
    next.value = null
    isRead.value = false
    if (one !== null) void read()
  })

  return { rows, next, isRead, isBusy, more: () => read(next.value ?? undefined) }
}
