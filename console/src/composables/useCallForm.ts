/** Choosing when a customer is called, and promising it: the half hours of the desk, the reason from the case. */
import { ElMessage } from 'element-plus'
import { computed, type ComputedRef, type Ref, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'

import type { CallTimes } from '../api/types'
import { getCallTimes, promiseCall } from '../api/window'
import { useChat } from '../stores/chat'
import { useBusy } from './useBusy'

/** Its own choice, beside the half hours: by when at the latest. */
export const SOONEST = 'soonest'

export interface CallForm {
  times: Ref<CallTimes | null>
  when: Ref<string>
  reason: Ref<string>
  isBusy: Ref<boolean>
  canSubmit: ComputedRef<boolean>
  submit: () => Promise<void>
}

export function useCallForm(id: Readonly<Ref<number>>, onDone: () => void): CallForm {
  const chat = useChat()
  const { t } = useI18n()
  const { isBusy, doing } = useBusy()
  const times = ref<CallTimes | null>(null)
  const when = ref(SOONEST)
  const reason = ref('')
  const canSubmit = computed(() => Boolean(times.value && reason.value.trim()) && !isBusy.value)

  watch(
    id,
    () => {
      reason.value = ''
      void read()
    },
    { immediate: true },
  )

  async function read(): Promise<void> {
    const of = id.value
    times.value = null
    await doing(async () => {
      const found = await getCallTimes(of)
      if (of !== id.value) return
      times.value = found
      when.value = found.slots[0]?.at ?? SOONEST
      // What the rep has written stays when the half hours are read anew.
      reason.value ||= found.reason
    })
  }

  async function submit(): Promise<void> {
    const found = times.value
    if (!found || !canSubmit.value) return
    const isSoonest = when.value === SOONEST
    const label = isSoonest ? found.soonest_label : (found.slots.find((slot) => slot.at === when.value)?.label ?? '')
    let isPromised = false
    await doing(async () => {
      const body = isSoonest ? { due_at: found.soonest_at } : { slot_at: when.value }
      await promiseCall(id.value, { reason: reason.value.trim(), ...body })
      isPromised = true
      ElMessage.success(t('callback.done', { time: label }))
      await chat.load(id.value)
      onDone()
    })
    // Somebody else may have taken the half hour: then the list is another one.
    if (!isPromised) await read()
  }

  return { times, when, reason, isBusy, canSubmit, submit }
}
