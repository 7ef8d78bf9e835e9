/** The page 知识库: the list by its filters, and the item that is open. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import * as api from '../api/knowledge'
import type { KnowledgeItem, KnowledgeKind, KnowledgeRow, KnowledgeVersion } from '../api/types'

const OPEN = new Set(['draft', 'submitted', 'sent_back'])

export const useKnowledge = defineStore('knowledge', () => {
  const filter = ref<api.KnowledgeFilter>({ kind: null, state: null, text: '' })
  const rows = ref<KnowledgeRow[]>([])
  const total = ref(0)
  const waiting = ref(0)
  const next = ref<number | null>(null)
  const isLoaded = ref(false)
  const item = ref<KnowledgeItem | null>(null)
  /** The version that is being written or reviewed, if there is one. */
  const open = computed(() => item.value?.versions.find((one) => OPEN.has(one.state)) ?? null)
  let asked = 0

  /** Read the list anew under these filters. */
  async function find(wanted: Partial<api.KnowledgeFilter> = {}): Promise<void> {
    filter.value = { ...filter.value, ...wanted }
    const mine = ++asked
    const page = await api.listItems(filter.value)
    // Whoever types on gets the answer to the last letter, whichever comes last.
    if (mine !== asked) return
    rows.value = page.items
    take(page)
  }

  async function more(): Promise<void> {
    if (next.value === null) return
    const page = await api.listItems(filter.value, next.value)
    rows.value = [...rows.value, ...page.items]
    take(page)
  }

  /** Open an item; a new one has nothing but its name. */
  async function show(kind: KnowledgeKind, key: string): Promise<void> {
    item.value = await api.getItem(kind, key)
  }

  /** Begin an item nobody knows yet; it exists once its first draft is saved. */
  function begin(kind: KnowledgeKind, key: string): void {
    item.value = { kind, key, live: null, versions: [], acts: [] }
  }

  /** Take one step with the item that is open, then read what it did. */
  async function step(act: () => Promise<unknown>): Promise<void> {
    const { kind, key } = item.value ?? {}
    await act()
    if (kind && key) item.value = await api.getItem(kind, key).catch(() => null)
    await find()
  }

  function take(page: { total: number; waiting: number; next: number | null }): void {
    total.value = page.total
    waiting.value = page.waiting
    next.value = page.next
    isLoaded.value = true
  }

  function close(): void {
    item.value = null
  }

  function reset(): void {
    filter.value = { kind: null, state: null, text: '' }
    rows.value = []
    item.value = null
    isLoaded.value = false
  }

  return { filter, rows, total, waiting, next, isLoaded, item, open, find, more, show, begin, step, close, reset }
})

/** What a new version starts from: the open one, else the newest. */
export const basisOf = (item: KnowledgeItem): KnowledgeVersion | null =>
  item.versions.find((one) => OPEN.has(one.state)) ?? item.versions[0] ?? null
