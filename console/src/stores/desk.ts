/** The conversations this page knows, newest version each; queue and own chats are computed from them. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import * as api from '../api/desk'
import type { Counters, Followup, HandoffItem } from '../api/types'
import { byServing } from '../serving'
import { useMe } from './me'

const PAGE = 100

export const useDesk = defineStore('desk', () => {
  const me = useMe()
  const items = ref(new Map<number, HandoffItem>())
  const counters = ref<Counters | null>(null)
  const followups = ref<Followup[]>([])
  const selectedId = ref<number | null>(null)
  const isLoaded = ref(false)
  let touched = new Set<number>()

  const all = computed(() => [...items.value.values()])
  const queue = computed(() =>
    all.value.filter((item) => item.owner === 'queued' || item.owner === 'offered').sort(byServing(Date.now())),
  )
  const mine = computed(() =>
    all.value
      .filter((item) => item.owner === 'active' && item.rep === me.user?.username)
      .sort((a, b) => moment(a.accepted_at) - moment(b.accepted_at)),
  )
  const offers = computed(() => queue.value.filter((item) => item.owner === 'offered' && item.rep === me.user?.username))
  /** Closed chats this rep still wraps up; when their time is over the next reading leaves them out. */
  const wrapping = computed(() => all.value.filter((item) => item.owner === 'closed' && item.wrap_up_until && item.rep === me.user?.username))
  const selected = computed(() => (selectedId.value === null ? undefined : items.value.get(selectedId.value)))

  const versionOf = (id: number): number | undefined => items.value.get(id)?.version

  /** Keep a row unless a newer one is known. */
  function put(item: HandoffItem): void {
    const known = items.value.get(item.id)
    if (known && known.version > item.version) return
    items.value.set(item.id, item)
    touched.add(item.id)
  }

  /** It is no longer this person's to see. */
  function drop(id: number): void {
    items.value.delete(id)
  }

  /** Read lists and counters anew. A row put while the answer was under way outlives an answer that lacks it. */
  async function refresh(): Promise<void> {
    touched = new Set()
    const during = touched
    const asked = [
      api.listHandoffs({ scope: 'queue', limit: PAGE }),
      api.listHandoffs({ state: 'active', scope: 'mine', limit: PAGE }),
      api.listHandoffs({ state: 'wrapping', scope: 'mine', limit: PAGE }),
    ]
    const [pages, figures] = await Promise.all([settle(Promise.all(asked)), settle(api.getCounters())])
    if (figures) counters.value = figures
    if (!pages) return
    const found = new Map(pages.flatMap((page) => page.items).map((item) => [item.id, item]))
    const kept = all.value.filter((item) => during.has(item.id) || item.id === selectedId.value)
    items.value = new Map([...kept.filter((item) => !found.has(item.id)).map(entry), ...[...found.values()].map(newest)])
    isLoaded.value = true
  }

  /** Something happened to these chats: read them anew, and nothing else. */
  async function patch(ids: readonly number[]): Promise<void> {
    const [page, figures] = await Promise.all([settle(api.listHandoffs({ ids: ids.join(','), limit: PAGE })), settle(api.getCounters())])
    if (figures) counters.value = figures
    if (!page) return
    const found = new Set(page.items.map((item) => item.id))
    for (const item of page.items) put(item)
    for (const id of ids) if (!found.has(id)) drop(id)
  }

  /** What was just seen counts no more. */
  function markRead(id: number): void {
    const item = items.value.get(id)
    if (item?.unread) items.value.set(id, { ...item, unread: 0 })
  }

  async function refreshFollowups(): Promise<void> {
    followups.value = (await settle(api.listFollowups())) ?? followups.value
  }

  /** The offer is off the table; the lists will say who has it now. */
  function withdrawOffer(id: number): void {
    const item = items.value.get(id)
    if (item?.owner === 'offered') items.value.set(id, { ...item, owner: 'queued', rep: null, offer_expires_at: null })
  }

  function reset(): void {
    items.value = new Map()
    followups.value = []
    selectedId.value = null
    isLoaded.value = false
  }

  function newest(item: HandoffItem): [number, HandoffItem] {
    const known = items.value.get(item.id)
    return entry(known && known.version > item.version ? known : item)
  }

  return {
    items, counters, followups, selectedId, isLoaded, queue, mine, offers, wrapping, selected,
    versionOf, put, drop, patch, markRead, refresh, refreshFollowups, withdrawOffer, reset,
  }
})

const entry = (item: HandoffItem): [number, HandoffItem] => [item.id, item]
const moment = (at: string | null): number => (at ? Date.parse(at) : 0)

/** A read that failed leaves what is shown; the connection state tells the rep. */
async function settle<T>(call: Promise<T>): Promise<T | undefined> {
  return call.catch(() => undefined)
}
