/** Keys of the page 回访. Letters are read by place (`code`), because Alt changes them on some keyboards. */
import { useEventListener } from '@vueuse/core'

export interface FollowupKeys {
  step: (by: 1 | -1) => void
  result: (index: number) => void
  toggleCall: () => void
}

export function useFollowupKeys(keys: FollowupKeys): void {
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (handle(event, keys)) event.preventDefault()
  })
}

/** True when the key was one of ours. */
export function handle(event: KeyboardEvent, keys: FollowupKeys): boolean {
  if (event.isComposing || event.defaultPrevented || !event.altKey || event.ctrlKey || event.metaKey) return false
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1]
  if (digit) keys.result(Number(digit) - 1)
  else if (event.code === 'ArrowDown') keys.step(1)
  else if (event.code === 'ArrowUp') keys.step(-1)
  else if (event.code === 'KeyS') keys.toggleCall()
  else return false
  return true
}
