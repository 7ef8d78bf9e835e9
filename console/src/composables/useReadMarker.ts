/** Tells the server how far the open chat was read: once the newest words have been in sight for a moment. */
import { useDebounceFn, useDocumentVisibility } from '@vueuse/core'
import { computed, watch } from 'vue'

import { keepPlace } from '../api/desk'
import { useChat } from '../stores/chat'
import { useDesk } from '../stores/desk'
import { useInbox } from '../stores/inbox'

export const IN_SIGHT_MS = 800

export function useReadMarker(): void {
  const desk = useDesk()
  const chat = useChat()
  const inbox = useInbox()
  const visibility = useDocumentVisibility()

  const seen = computed(() => {
    const id = desk.selectedId
    const line = id === null ? undefined : chat.open.get(id)?.lines.at(-1)
    return id !== null && line && visibility.value === 'visible' ? `${id}:${line.id}` : null
  })

  const keep = useDebounceFn(async (of: string) => {
    // Looked away meanwhile: another one waits for its own moment.
    if (of !== seen.value) return
    const [id, lineId] = of.split(':').map(Number) as [number, number]
    await keepPlace(id, lineId).catch(() => undefined)
    desk.markRead(id)
    inbox.markRead(id)
  }, IN_SIGHT_MS)

  watch(seen, (of) => of && void keep(of), { immediate: true })
}
