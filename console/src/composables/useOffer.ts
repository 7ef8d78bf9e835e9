/** The offer to me that runs out first: seconds left, accept, decline; it is gone the moment its time is. */
import { computed, type ComputedRef, type Ref, ref, watch } from 'vue'

import * as api from '../api/desk'
import type { DeclineReason, HandoffItem } from '../api/types'
import { secondsSince } from '../format'
import { useChat } from '../stores/chat'
import { useDesk } from '../stores/desk'

/** How long an offer lasts is its desk's rule; the ring runs over the whole of it. */
export function secondsOf(offer: HandoffItem): number {
  if (!offer.offered_at || !offer.offer_expires_at) return 0
  return Math.round((Date.parse(offer.offer_expires_at) - Date.parse(offer.offered_at)) / 1000)
}

export interface OfferDesk {
  offer: ComputedRef<HandoffItem | undefined>
  secondsLeft: ComputedRef<number>
  isBusy: Ref<boolean>
  accept: (id: number) => Promise<void>
  decline: (reason: DeclineReason) => Promise<void>
}

export function useOffer(now: Readonly<Ref<number>>): OfferDesk {
  const desk = useDesk()
  const chat = useChat()
  const isBusy = ref(false)

  const left = (item: HandoffItem): number => (item.offer_expires_at ? -secondsSince(item.offer_expires_at, now.value) : 0)
  const offer = computed(() => desk.offers.filter((item) => left(item) > 0).sort((a, b) => left(a) - left(b))[0])
  const secondsLeft = computed(() => (offer.value ? Math.ceil(left(offer.value)) : 0))

  watch(
    () => offer.value?.id,
    (id, before) => {
      if (id !== undefined) void chat.load(id)
      if (before !== undefined) void desk.refresh()
    },
    { immediate: true },
  )

  /** Take a chat, offered or waiting. Throws ApiProblem (case_already_taken, capacity_reached ...) after reading the lists anew. */
  async function accept(id: number): Promise<void> {
    await guarded(async () => {
      chat.show(await api.accept(id))
      desk.selectedId = id
    })
  }

  async function decline(reason: DeclineReason): Promise<void> {
    const id = offer.value?.id
    if (id === undefined) return
    await guarded(async () => {
      await api.decline(id, reason)
      desk.withdrawOffer(id)
    })
  }

  async function guarded(act: () => Promise<void>): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    try {
      await act()
    } finally {
      isBusy.value = false
      void desk.refresh()
    }
  }

  return { offer, secondsLeft, isBusy, accept, decline }
}
