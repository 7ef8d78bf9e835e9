/** A list read page by page: everybody's open or closed conversations. */
import { type Ref, ref } from 'vue'

import { listHandoffs } from '../api/desk'
import type { HandoffItem } from '../api/types'

export interface PagedHandoffs {
  items: Ref<HandoffItem[]>
  next: Ref<string | null>
  isLoading: Ref<boolean>
  reload: () => Promise<void>
  more: () => Promise<void>
}

export function usePagedHandoffs(state: Readonly<Ref<'active' | 'closed'>>): PagedHandoffs {
  const items = ref<HandoffItem[]>([])
  const next = ref<string | null>(null)
  const isLoading = ref(false)

  async function read(cursor?: string): Promise<void> {
    const asked = state.value
    isLoading.value = true
    const page = await listHandoffs({ state: asked, scope: 'all', limit: 50, cursor }).catch(() => undefined)
    isLoading.value = false
    // An answer for a filter that was changed meanwhile is of no use.
    if (!page || asked !== state.value) return
    items.value = cursor ? [...items.value, ...page.items] : page.items
    next.value = page.next
  }

  return { items, next, isLoading, reload: () => read(), more: () => read(next.value ?? undefined) }
}
