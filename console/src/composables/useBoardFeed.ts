/** Keeps the live board fresh: at every event of the desk, at most every other second, and every 15 s without one. */
import { useIntervalFn, useThrottleFn } from '@vueuse/core'
import { onMounted, onScopeDispose } from 'vue'

import { useBoard } from '../stores/board'
import { useMe } from '../stores/me'
import { type EventStream, useEventStream } from './useEventStream'
import { setServerTime } from './useNow'

const EVENTS_MS = 2000
const POLL_MS = 15_000

export function useBoardFeed(): Pick<EventStream, 'state' | 'start'> {
  const me = useMe()
  const store = useBoard()
  const readBoard = useThrottleFn(() => void store.refresh(), EVENTS_MS, true)
  const readAlerts = useThrottleFn(() => void store.refreshAlerts(), EVENTS_MS, true)

  function readAll(): void {
    void readBoard()
    void readAlerts()
  }

  const stream = useEventStream({
    url: '/api/events',
    onEvent: ({ event, data }) => {
      if (event === 'hello') setServerTime(String((JSON.parse(data) as { now?: unknown }).now))
      else if (event?.startsWith('alert.')) void readAlerts()
      else readAll()
    },
    onLive: readAll,
    onSignedOut: () => me.expire(),
  })
  useIntervalFn(readAll, POLL_MS)
  onMounted(stream.start)
  onScopeDispose(stream.stop)
  return { state: stream.state, start: stream.start }
}
