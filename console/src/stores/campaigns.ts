/** The page 推送: the list by its filters, and the campaign that is open with how far it is. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import * as api from '../api/campaigns'
import type { Campaign, CampaignProgress, CampaignRow, CampaignsPage } from '../api/types'

export const useCampaigns = defineStore('campaigns', () => {
  const filter = ref<api.CampaignFilter>({ state: null, text: '' })
  const rows = ref<CampaignRow[]>([])
  const counts = ref<CampaignsPage['counts']>({})
  const next = ref<string | null>(null)
  const isLoaded = ref(false)
  const open = ref<Campaign | null>(null)
  const progress = ref<CampaignProgress | null>(null)
  let asked = 0
  let shownId: number | null = null

  /** Read the list anew under these filters. */
  async function find(wanted: Partial<api.CampaignFilter> = {}): Promise<void> {
    filter.value = { ...filter.value, ...wanted }
    const mine = ++asked
    const page = await api.listCampaigns(filter.value)
    // Whoever types on gets the answer to the last letter, whichever comes last.
    if (mine !== asked) return
    rows.value = page.items
    take(page)
  }

  async function more(): Promise<void> {
    if (next.value === null) return
    const mine = ++asked
    const page = await api.listCampaigns(filter.value, next.value)
    if (mine !== asked) return
    rows.value = [...rows.value, ...page.items]
    take(page)
  }

  /** Open a campaign, or none. */
  async function show(id: number | null): Promise<void> {
    shownId = id
    if (open.value?.id !== id) {
      open.value = null
      progress.value = null
    }
    if (id !== null) await refresh()
  }

  /** Read the open campaign and how far it is. */
  async function refresh(): Promise<void> {
    const id = shownId
    if (id === null) return
    const [campaign, far] = await Promise.all([api.getCampaign(id), api.getProgress(id)])
    if (id !== shownId) return
    // An answer that was overtaken by a save is older than what is shown.
    if (!open.value || campaign.revision >= open.value.revision) open.value = campaign
    progress.value = far
  }

  /** Take one step with the open campaign, then read what it did. */
  async function step(act: (id: number) => Promise<unknown>): Promise<void> {
    if (shownId === null) return
    try {
      await act(shownId)
    } finally {
      await refresh()
    }
  }

  function take(page: CampaignsPage): void {
    counts.value = page.counts
    next.value = page.next
    isLoaded.value = true
  }

  function reset(): void {
    filter.value = { state: null, text: '' }
    rows.value = []
    counts.value = {}
    next.value = null
    isLoaded.value = false
    open.value = null
    progress.value = null
    shownId = null
  }

  return { filter, rows, counts, next, isLoaded, open, progress, find, more, show, refresh, step, reset }
})
