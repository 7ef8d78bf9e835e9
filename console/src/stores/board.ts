/** The live board of a supervisor, and the alerts behind his bell. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import * as api from '../api/board'
import type { Alert, Board } from '../api/types'

export const useBoard = defineStore('board', () => {
  const board = ref<Board | null>(null)
  const isStale = ref(false)
  const alerts = ref<Alert[]>([])
  const openAlerts = ref(0)

  /** Read the board anew; a failure leaves the last one and says so. */
  async function refresh(): Promise<void> {
    try {
      board.value = await api.getBoard()
      isStale.value = false
    } catch {
      isStale.value = true
    }
  }

  /** Read what is going on; a failure leaves the last list, the next look comes soon. */
  async function refreshAlerts(): Promise<void> {
    const page = await api.listAlerts().catch(() => undefined)
    if (!page) return
    alerts.value = page.items
    openAlerts.value = page.open
  }

  async function see(id: number): Promise<void> {
    await api.seeAlert(id)
    await refreshAlerts()
  }

  async function close(id: number): Promise<void> {
    await api.closeAlert(id)
    await refreshAlerts()
  }

  /** The name of a rep as the board knows it. */
  function nameOf(username: string): string {
    return board.value?.reps.find((rep) => rep.username === username)?.display_name ?? username
  }

  function reset(): void {
    board.value = null
    alerts.value = []
    openAlerts.value = 0
  }

  return { board, isStale, alerts, openAlerts, refresh, refreshAlerts, see, close, nameOf, reset }
})
