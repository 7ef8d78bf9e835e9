/** Calls for customers whom nobody was offered: with no free rep they would wait unseen behind another tab. */
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { useDesk } from '../stores/desk'
import { useMe } from '../stores/me'
import { callAttention } from './useAlarm'

export function useWaitingCalls(): void {
  const desk = useDesk()
  const me = useMe()
  const { t } = useI18n()
  let known: Set<number> | undefined

  watch(
    () => (desk.isLoaded ? desk.queue : null),
    (queue) => {
      if (!queue) return
      const fresh = queue.filter((item) => item.owner === 'queued' && known && !known.has(item.id))[0]
      // An offer rings for itself, and comes back here without a second call.
      known = new Set([...(known ?? []), ...queue.map((item) => item.id)])
      if (!fresh || me.user?.status === 'break' || me.user?.status === 'offline') return
      callAttention(t('notices.waiting'), t('notices.waitingBody', { label: fresh.label, skill: fresh.skill_name ?? '' }))
    },
    { immediate: true },
  )
}
