/** Keeps the live board fresh: at every event of the desk, at most every other second, and every 15 s without one. */
import { useIntervalFn, useThrottleFn } from '@vueuse/core'
import { onMounted } from 'vue'

import { useBoard } from '../stores/board'
import { useOnDuty } from './useOnDuty'

const EVENTS_MS = 2000
const POLL_MS = 15_000

export function useBoardFeed(): void {
  const store = useBoard()
  const readBoard = useThrottleFn(() => void store.refresh(), EVENTS_MS, true)
  const readAlerts = useThrottleFn(() => void store.refreshAlerts(), EVENTS_MS, true)

  function readAll(): void {
    void readBoard()
    void readAlerts()
  }

  useOnDuty().listen((type) => {
    // An alert changes no figure.
    if (type.startsWith('alert.')) void readAlerts()
    else readAll()
  })
  useIntervalFn(readAll, POLL_MS)
  onMounted(readAll)
}
