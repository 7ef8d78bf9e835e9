/** Hears the keys of shortcuts.ts anywhere on the desk; never while an input method composes. */
import { useEventListener } from '@vueuse/core'

import { type Shortcut, SHORTCUT_NAMES, SHORTCUTS, type ShortcutName } from '../shortcuts'

/** What a key does; false when there was nothing to do, so that the browser has it. `digit` counts from nought. */
export type ShortcutActions = Partial<Record<ShortcutName, (digit: number) => unknown>>

export function useShortcuts(actions: ShortcutActions): void {
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (handle(event, actions)) event.preventDefault()
  })
}

/** True when the key was one of ours. */
export function handle(event: KeyboardEvent, actions: ShortcutActions): boolean {
  // 229: browsers that tell late that an input method has the key.
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return false
  const name = SHORTCUT_NAMES.find((one) => isMeant(event, SHORTCUTS[one]))
  if (!name) return false
  const { alt, press } = SHORTCUTS[name]
  const digit = Number(alt?.exec(event.code)?.[1] ?? 1) - 1
  return press ? pressKey(press) : Boolean(actions[name]) && actions[name]?.(digit) !== false
}

/** Press the control of this name; false when it is not on the screen or may not be pressed. */
export function pressKey(key: string): boolean {
  const control = document.querySelector<HTMLElement>(`[data-key="${key}"]:not(:disabled)`)
  control?.focus()
  control?.click()
  return control !== null
}

/** Put the focus on the control of this name. */
export function focusKey(key: string): boolean {
  const control = document.querySelector<HTMLElement>(`[data-key="${key}"]:not(:disabled)`)
  control?.focus()
  return control !== null
}

function isMeant(event: KeyboardEvent, { alt, plain, control }: Shortcut): boolean {
  if (event.altKey) return Boolean(alt?.test(event.code)) && !event.ctrlKey && !event.metaKey
  if (event.ctrlKey || event.metaKey) return control !== undefined && event.key.toLowerCase() === control
  if (!plain?.includes(event.key) || isTyping(event.target)) return false
  return event.key !== 'Enter' || !isControl(event.target)
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && Boolean(target.closest('input, textarea, select, [contenteditable="true"]'))
}

/** Enter on a focused button or link means that button. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && Boolean(target.closest('button, a, [role="dialog"]'))
}
