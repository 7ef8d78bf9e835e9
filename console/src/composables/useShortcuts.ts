/** Keys that work anywhere on the desk. Letters are read by place (`code`), because Alt changes them on some keyboards. */
import { useEventListener } from '@vueuse/core'

export interface ShortcutActions {
  accept: () => void
  acceptByEnter: () => boolean
  goTo: (index: number) => void
  nextUnanswered: () => void
  showSheet: () => void
}

export function useShortcuts(actions: ShortcutActions): void {
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (handle(event, actions)) event.preventDefault()
  })
}

/** True when the key was one of ours. */
export function handle(event: KeyboardEvent, actions: ShortcutActions): boolean {
  if (event.isComposing || event.defaultPrevented) return false
  if (event.altKey && !event.ctrlKey && !event.metaKey) return handleAlt(event.code, actions)
  if (isTyping(event.target)) return false
  if (event.key === '?') {
    actions.showSheet()
    return true
  }
  return event.key === 'Enter' && !isControl(event.target) && actions.acceptByEnter()
}

function handleAlt(code: string, actions: ShortcutActions): boolean {
  const digit = /^Digit([1-9])$/.exec(code)?.[1]
  if (digit) actions.goTo(Number(digit) - 1)
  else if (code === 'KeyA') actions.accept()
  else if (code === 'KeyN') actions.nextUnanswered()
  else return false
  return true
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && Boolean(target.closest('input, textarea, select, [contenteditable="true"]'))
}

/** Enter on a focused button or link means that button. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && Boolean(target.closest('button, a, [role="dialog"]'))
}
