/** Which conversation is open: the address names it, so that reload, back and a copied link work. */
import { onScopeDispose, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

import { useChat } from '../stores/chat'
import { useDesk } from '../stores/desk'

export interface Selection {
  open: (id: number) => void
  goTo: (index: number) => void
  nextUnanswered: () => void
  leave: (id: number) => void
}

export function useSelection(): Selection {
  const desk = useDesk()
  const chat = useChat()
  const route = useRoute()
  const router = useRouter()

  watch(
    () => route.params.id,
    (id) => (desk.selectedId = id ? Number(id) : null),
    { immediate: true },
  )
  watch(
    () => desk.selectedId,
    (id) => {
      if (id === null) return
      void chat.load(id)
      if (route.params.id !== String(id)) open(id)
    },
    { immediate: true },
  )

  // On another page no chat is open, and none is read again.
  onScopeDispose(() => (desk.selectedId = null))

  function open(id: number): void {
    void router.push({ name: 'desk', params: { id } })
  }

  function goTo(index: number): void {
    const item = desk.mine[index]
    if (item) open(item.id)
  }

  /** The customer who has waited longest for an answer, after the one that is open. */
  function nextUnanswered(): void {
    const waiting = desk.mine
      .filter((item) => item.unanswered > 0 && item.id !== desk.selectedId)
      .sort((a, b) => Date.parse(a.last_customer_at ?? '') - Date.parse(b.last_customer_at ?? ''))
    if (waiting[0]) open(waiting[0].id)
  }

  /** A chat was closed or handed on: go to the next of mine. */
  function leave(id: number): void {
    const next = desk.mine.find((item) => item.id !== id)
    if (next) open(next.id)
    else void router.push({ name: 'desk' })
    void desk.refresh()
    void desk.refreshFollowups()
  }

  return { open, goTo, nextUnanswered, leave }
}
