/** Keeps the page 回访 fresh: what happens to any follow-up makes it read its list and the open sheet again. */
import { useIntervalFn, useThrottleFn } from '@vueuse/core'
import { onMounted, onScopeDispose } from 'vue'

import { useMe } from '../stores/me'
import { useEventStream } from './useEventStream'
import { noteServerEvent, setServerTime } from './useNow'

const READ_MS = 400
/** A push is only a hint; what is due grows older by itself. */
const POLL_MS = 30_000

export function useFollowupFeed(read: () => Promise<void>): void {
  const me = useMe()
  const readSoon = useThrottleFn(() => void read().catch(() => undefined), READ_MS, true)

  const stream = useEventStream({
    url: '/api/events',
    onEvent: ({ event, data }) => {
      const body = JSON.parse(data) as { type?: string; at?: string; now?: string }
      if (typeof body.now === 'string') setServerTime(body.now)
      if (typeof body.at === 'string') noteServerEvent(body.at)
      if (event === 'reset' || body.type?.startsWith('followup.')) void readSoon()
    },
    onLive: () => undefined,
    onSignedOut: () => me.expire(),
  })

  onMounted(() => stream.start())
  useIntervalFn(() => void readSoon(), POLL_MS)
  onScopeDispose(stream.stop)
}
