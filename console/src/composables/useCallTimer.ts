/** How long one is on the phone; shown and written down, never scored. */
import { computed, type ComputedRef, type Ref, ref } from 'vue'

export interface CallTimer {
  isRunning: ComputedRef<boolean>
  seconds: ComputedRef<number>
  toggle: () => void
  reset: () => void
}

export function useCallTimer(now: Readonly<Ref<number>>): CallTimer {
  const startedAt = ref<number | null>(null)
  const before = ref(0)
  const running = computed(() => (startedAt.value === null ? 0 : Math.max(0, Math.floor((now.value - startedAt.value) / 1000))))
  const seconds = computed(() => before.value + running.value)

  function toggle(): void {
    before.value = seconds.value
    startedAt.value = startedAt.value === null ? now.value : null
  }

  function reset(): void {
    before.value = 0
    startedAt.value = null
  }

  return { isRunning: computed(() => startedAt.value !== null), seconds, toggle, reset }
}
