/** Filters a rep keeps under names of his own, in this browser. What he searched for is not kept: it names customers. */
import { useStorage } from '@vueuse/core'
import type { Ref } from 'vue'

import { type InboxFilter, NO_FILTER } from '../inboxFilter'

const MOST = 8

export interface SavedFilter {
  name: string
  filter: InboxFilter
}

export interface SavedFilters {
  saved: Ref<SavedFilter[]>
  save: (name: string, filter: InboxFilter) => void
  remove: (name: string) => void
}

export function useSavedFilters(username: string): SavedFilters {
  const saved = useStorage<SavedFilter[]>(`xinqiao.filters.${username}`, [])

  function save(name: string, filter: InboxFilter): void {
    const kept = { name, filter: { ...NO_FILTER, ...filter, q: '' } }
    saved.value = [...saved.value.filter((one) => one.name !== name), kept].slice(-MOST)
  }

  function remove(name: string): void {
    saved.value = saved.value.filter((one) => one.name !== name)
  }

  return { saved, save, remove }
}
