/** Tells colleagues which chat is on this screen and whether something is being written there; a failure is nobody's trouble. */
import { useIntervalFn, useTimeoutFn } from '@vueuse/core'
import { onScopeDispose, type Ref, ref, watch } from 'vue'

import { tellViewing } from '../api/composing'

/** Whoever pauses this long is no longer writing. */
const TYPING_MS = 5000
/** Said again now and then, so that a screen that vanished is forgotten. */
const REPEAT_MS = 30_000

export function useViewing(id: Readonly<Ref<number>>): { noteTyping: () => void } {
  const isTyping = ref(false)
  const pause = useTimeoutFn(() => (isTyping.value = false), TYPING_MS, { immediate: false })
  const tell = (of: number | null): void => void tellViewing(of, of !== null && isTyping.value).catch(() => undefined)

  watch(id, () => (isTyping.value = false))
  watch([id, isTyping], () => tell(id.value), { immediate: true })
  useIntervalFn(() => tell(id.value), REPEAT_MS)
  onScopeDispose(() => tell(null))

  function noteTyping(): void {
    isTyping.value = true
    pause.start()
  }

  return { noteTyping }
}
