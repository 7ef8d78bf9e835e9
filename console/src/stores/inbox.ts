/**
 * The list the rep looks at: rows loaded so far, in the server's order. Events name rows; those are asked for again with
 * the same filter and put in their places, so that neither a storm of events nor 20,000 chats makes it read everything.
 */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { listHandoffs } from '../api/desk'
import type { HandoffItem, HandoffPage } from '../api/types'
import { comparing, type InboxFilter, type InboxTab, NO_FILTER, queryOf, sortOf } from '../inboxFilter'

const PAGE = 50
/** As many rows as the server gives by number in one answer. */
const AT_ONCE = 50

export const useInbox = defineStore('inbox', () => {
  const tab = ref<InboxTab>('queue')
  const filter = ref<InboxFilter>({ ...NO_FILTER })
  const rows = shallowRef<readonly HandoffItem[]>([])
  const next = ref<string | null>(null)
  const isLoading = ref(false)
  const isLoaded = ref(false)
  /** The row the keys are on; not necessarily the open one. */
  const activeId = ref<number | null>(null)
  /** Answers to an earlier question are of no use. */
  let asking = 0

  const query = computed(() => queryOf(tab.value, filter.value))
  const compareNow = () => comparing(tab.value, sortOf(tab.value, filter.value), Date.now())

  const find = (id: number): HandoffItem | undefined => rows.value.find((row) => row.id === id)
  const versionOf = (id: number): number | undefined => find(id)?.version

  /** Show another list, or this one from its beginning. */
  async function load(): Promise<void> {
    const mine = ++asking
    isLoading.value = true
    const page = await ask({})
    if (mine !== asking) return
    isLoading.value = false
    if (!page) return
    rows.value = page.items
    next.value = page.next
    isLoaded.value = true
  }

  /** The page after the last one. A search may find nothing on a page and still go on. */
  async function more(): Promise<void> {
    if (!next.value || isLoading.value) return
    const mine = asking
    isLoading.value = true
    const page = await ask({ cursor: next.value })
    if (mine !== asking) return
    isLoading.value = false
    if (!page) return
    place(page.items, [], page.next)
  }

  /** Something happened to these chats: each is put where it now belongs, or taken off. */
  async function patch(ids: readonly number[]): Promise<void> {
    const mine = asking
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const few = ids.slice(start, start + AT_ONCE)
      const page = await ask({ ids: few.join(',') })
      if (!page || mine !== asking) return
      place(page.items, few, next.value)
    }
  }

  /** Read the beginning again, for what no event told. */
  async function refresh(): Promise<void> {
    const mine = asking
    const page = await ask({})
    if (!page || mine !== asking) return
    const last = page.items.at(-1)
    const compare = compareNow()
    const known = rows.value.filter((row) => !last || !page.next || compare(row, last) <= 0).map((row) => row.id)
    place(page.items, known, rows.value.length > page.items.length ? next.value : page.next)
  }

  /** What was just seen counts no more. */
  function markRead(id: number): void {
    if (find(id)?.unread) rows.value = rows.value.map((row) => (row.id === id ? { ...row, unread: 0 } : row))
  }

  /** Put rows in their places. What belongs behind the last row read comes with its own page. */
  function place(found: readonly HandoffItem[], gone: readonly number[], following: string | null): void {
    const compare = compareNow()
    const fresh = new Map(found.map((row) => [row.id, row]))
    const off = new Set(gone)
    const frontier = next.value !== null && following === next.value ? rows.value.at(-1) : undefined
    const kept = rows.value.filter((row) => !fresh.has(row.id) && !off.has(row.id))
    const all = [...kept, ...fresh.values()].sort(compare)
    rows.value = frontier ? all.filter((row) => compare(row, frontier) <= 0) : all
    next.value = following
  }

  function ask(more: { cursor?: string; ids?: string }): Promise<HandoffPage | undefined> {
    return listHandoffs({ ...query.value, limit: PAGE, ...more }).catch(() => undefined)
  }

  function reset(): void {
    asking += 1
    rows.value = []
    next.value = null
    isLoaded.value = false
    activeId.value = null
    filter.value = { ...NO_FILTER }
  }

  return { tab, filter, rows, next, isLoading, isLoaded, activeId, query, find, versionOf, load, more, patch, refresh, markRead, reset }
})
