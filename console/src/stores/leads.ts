/** The page 线索: figures of every stage, the leads of one, and the lead one looks at. Beside a chat: its customer's leads. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import * as api from '../api/leads'
import type { Lead, LeadDetail, LeadsPage, LeadStage } from '../api/types'

export const useLeads = defineStore('leads', () => {
  const stage = ref<LeadStage | null>(null)
  const scope = ref<'mine' | 'all'>('all')
  const items = ref<Lead[]>([])
  const next = ref<string | null>(null)
  const figures = ref<LeadsPage['figures']>([])
  const isLoaded = ref(false)
  const detail = ref<LeadDetail | null>(null)
  /** The leads of the customers whose chats were opened, by chat. */
  const beside = ref(new Map<number, LeadDetail[]>())
  let asked = 0

  async function refresh(): Promise<void> {
    const turn = ++asked
    const page = await api.list(stage.value, scope.value)
    if (turn !== asked) return
    items.value = page.items
    next.value = page.next
    figures.value = page.figures
    isLoaded.value = true
  }

  async function more(): Promise<void> {
    if (next.value === null) return
    const page = await api.list(stage.value, scope.value, next.value)
    items.value = [...items.value, ...page.items]
    next.value = page.next
  }

  async function look(wanted: { stage?: LeadStage | null; scope?: 'mine' | 'all' }): Promise<void> {
    if (wanted.stage !== undefined) stage.value = wanted.stage
    if (wanted.scope !== undefined) scope.value = wanted.scope
    await refresh()
  }

  async function open(id: number | null): Promise<void> {
    detail.value = id === null ? null : await api.show(id)
  }

  /** A lead was changed: it is shown as it is now, and the list is read anew. */
  async function changed(lead: LeadDetail): Promise<void> {
    detail.value = lead
    await refresh()
  }

  const besideOf = (chat: number): LeadDetail[] => beside.value.get(chat) ?? []

  /** Read the leads of a chat's customer; a failure leaves the last ones. */
  async function loadBeside(chat: number): Promise<void> {
    const found = await api.ofHandoff(chat).catch(() => undefined)
    if (found) beside.value.set(chat, found)
  }

  function putBeside(chat: number, lead: LeadDetail): void {
    beside.value.set(chat, [lead, ...besideOf(chat).filter((one) => one.item.id !== lead.item.id)])
  }

  function reset(): void {
    beside.value = new Map()
    stage.value = null
    scope.value = 'all'
    items.value = []
    next.value = null
    figures.value = []
    isLoaded.value = false
    detail.value = null
  }

  return { stage, scope, items, next, figures, isLoaded, detail, refresh, more, look, open, changed, besideOf, loadBeside, putBeside, reset }
})
