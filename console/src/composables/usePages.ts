/** A list read page by page; an answer that comes after the list was begun anew is dropped. */
import { ElMessage } from 'element-plus'
import { type Ref, ref } from 'vue'

import { useProblemText } from './useProblemText'

interface Page<T> {
  items: T[]
  next: string | null
}

export interface Pages<T> {
  items: Ref<T[]>
  hasMore: Ref<boolean>
  isLoaded: Ref<boolean>
  /** Begin anew; what is shown stays until the first page is there. */
  restart: () => Promise<void>
  more: () => Promise<void>
}

export function usePages<P extends Page<unknown>>(
  read: (cursor?: string) => Promise<P>,
  seen?: (page: P) => void,
): Pages<P['items'][number]> {
  type T = P['items'][number]
  const { textOf } = useProblemText()
  const items = ref<T[]>([]) as Ref<T[]>
  const next = ref<string | null>(null)
  const hasMore = ref(false)
  const isLoaded = ref(false)
  let run = 0

  async function take(cursor?: string): Promise<void> {
    const mine = ++run
    try {
      const page = await read(cursor)
      if (mine !== run) return
      items.value = cursor === undefined ? page.items : [...items.value, ...page.items]
      next.value = page.next
      hasMore.value = page.next !== null
      isLoaded.value = true
      seen?.(page)
    } catch (error) {
      if (mine === run) ElMessage.error(textOf(error))
    }
  }

  return {
    items,
    hasMore,
    isLoaded,
    restart: () => take(),
    more: () => (next.value === null ? Promise.resolve() : take(next.value)),
  }
}
