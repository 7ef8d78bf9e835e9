/** The page 回访: the list one looks at, and the follow-up one is on the phone for. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import * as api from '../api/followups'
import type { Followup, FollowupSheet } from '../api/types'

export type FollowupGroup = 'overdue' | 'today' | 'later' | 'closed'

const DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short' })

export const useFollowups = defineStore('followups', () => {
  const filter = ref<api.FollowupFilter>({ scope: 'all', state: 'open', segment: null, q: '' })
  const items = ref<Followup[]>([])
  const next = ref<string | null>(null)
  const overdue = ref(0)
  const isLoaded = ref(false)
  const sheet = ref<FollowupSheet | null>(null)
  const openId = ref<number | null>(null)
  /** Several tell what they changed at once; the newest question wins. */
  let asked = 0

  /** Read the list anew, as far as it was read. */
  async function refresh(): Promise<void> {
    const turn = ++asked
    const page = await api.list(filter.value)
    if (turn !== asked) return
    items.value = page.items
    next.value = page.next
    overdue.value = page.overdue
    isLoaded.value = true
  }

  async function more(): Promise<void> {
    if (next.value === null) return
    const page = await api.list(filter.value, next.value)
    items.value = [...items.value, ...page.items]
    next.value = page.next
  }

  async function look(change: Partial<api.FollowupFilter>): Promise<void> {
    filter.value = { ...filter.value, ...change }
    await refresh()
  }

  /** Show one; null shows none. */
  async function open(id: number | null): Promise<void> {
    openId.value = id
    if (id === null) sheet.value = null
    else if (sheet.value?.item.id !== id) sheet.value = null
    if (id !== null) take(id, await api.show(id))
  }

  /** Do something with the one that is open, show what became of it, and read the list anew. */
  async function act(doing: (id: number) => Promise<FollowupSheet>): Promise<void> {
    const id = openId.value
    if (id === null) return
    take(id, await doing(id))
    await refresh()
  }

  function take(id: number, found: FollowupSheet): void {
    // One may have gone on to somebody else meanwhile.
    if (openId.value === id) sheet.value = found
  }

  /** Something changed somewhere: the list, and the open one unless it is gone. */
  async function changed(): Promise<void> {
    await refresh()
    const id = openId.value
    if (id !== null) take(id, await api.show(id))
  }

  const order = computed(() => items.value.map((item) => item.id))

  /** The one after (or before) the one that is open. */
  function neighbour(step: 1 | -1): number | undefined {
    const here = openId.value === null ? -1 : order.value.indexOf(openId.value)
    return here < 0 ? order.value[0] : order.value[here + step]
  }

  function reset(): void {
    filter.value = { scope: 'all', state: 'open', segment: null, q: '' }
    items.value = []
    next.value = null
    sheet.value = null
    openId.value = null
    isLoaded.value = false
  }

  return { filter, items, next, overdue, isLoaded, sheet, openId, refresh, more, look, open, act, changed, neighbour, reset }
})

/** Where an item stands in the list at this moment. */
export function groupOf(item: Followup, nowMs: number): FollowupGroup {
  if (item.state === 'done' || item.state === 'cancelled') return 'closed'
  if (Date.parse(item.due_at) < nowMs) return 'overdue'
  return DAY.format(new Date(item.due_at)) <= DAY.format(new Date(nowMs)) ? 'today' : 'later'
}
