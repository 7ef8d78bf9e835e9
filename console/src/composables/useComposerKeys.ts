/** Keys of the composer that work wherever the focus is. Letters are read by place (`code`), because Alt changes them on some keyboards. */
import { useEventListener } from '@vueuse/core'

export interface ComposerKeys {
  takeSuggestion: (place: number) => void
  rejectSuggestions: () => void
  switchMode: () => void
  search: () => void
  pickPicture: () => void
}

const PLACES = ['KeyJ', 'KeyK', 'KeyL']

export function useComposerKeys(keys: ComposerKeys): void {
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (handleComposerKey(event, keys)) event.preventDefault()
  })
}

/** True when the key was one of ours. */
export function handleComposerKey(event: KeyboardEvent, keys: ComposerKeys): boolean {
  if (event.isComposing || event.defaultPrevented || !event.altKey || event.ctrlKey || event.metaKey) return false
  const place = PLACES.indexOf(event.code)
  if (place >= 0) keys.takeSuggestion(place)
  else if (event.code === 'Digit0') keys.rejectSuggestions()
  else if (event.code === 'KeyM') keys.switchMode()
  else if (event.code === 'KeyS') keys.search()
  else if (event.code === 'KeyP') keys.pickPicture()
  else return false
  return true
}
