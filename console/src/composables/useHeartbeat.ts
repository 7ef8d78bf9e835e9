/** Tells the server every 15 s that this screen is alive; without it the rep gets no offers and loses unanswered chats. */
import { onScopeDispose } from 'vue'

import { beat } from '../api/desk'
import { everySecond } from '../ticker'

export const BEAT_EVERY_S = 15

export function useHeartbeat(): void {
  let seconds = 0
  const send = (): void => void beat().catch(() => undefined)
  send()
  onScopeDispose(
    everySecond(() => {
      seconds += 1
      if (seconds % BEAT_EVERY_S === 0) send()
    }),
  )
}
