/** Keeps the page 回访 fresh: what happens to any follow-up makes it read its list and the open sheet again. */
import { useIntervalFn, useThrottleFn } from '@vueuse/core'

import { useOnDuty } from './useOnDuty'

const READ_MS = 400
/** A push is only a hint; what is due grows older by itself. */
const POLL_MS = 30_000

export function useFollowupFeed(read: () => Promise<void>): void {
  const readSoon = useThrottleFn(() => void read().catch(() => undefined), READ_MS, true)

  useOnDuty().listen((type) => {
    if (type === 'reset' || type === 'live' || type.startsWith('followup.')) void readSoon()
  })
  useIntervalFn(() => void readSoon(), POLL_MS)
}
