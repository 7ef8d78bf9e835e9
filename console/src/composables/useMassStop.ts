/** Whether all pushes are stopped, and how many run: read at every change of one, and twice a minute without any. */
import { useIntervalFn, useThrottleFn } from '@vueuse/core'
import { onMounted, type Ref, readonly, ref, watch } from 'vue'

import { getStop } from '../api/mass'
import type { MassStop } from '../api/types'
import { useCampaignNews } from './useCampaignNews'

const NEWS_MS = 1000
const POLL_MS = 30_000

const stop = ref<MassStop>({ since: null, by_name: null, reason: null, running: 0 })

export interface Stopping {
  stop: Readonly<Ref<MassStop>>
  read: () => Promise<void>
}

/** One look for all places that show it; it stays as it was when the server does not answer. */
export function useMassStop(): Stopping {
  const { count } = useCampaignNews()
  const read = async (): Promise<void> => {
    stop.value = await getStop().catch(() => stop.value)
  }
  const readSoon = useThrottleFn(() => void read(), NEWS_MS, true)
  watch(count, () => readSoon())
  useIntervalFn(() => void read(), POLL_MS)
  onMounted(read)
  return { stop: readonly(stop), read }
}
