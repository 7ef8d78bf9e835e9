/** What goes on at every page of who serves customers (components/OnDuty.vue): one line of events, offers, taking a chat. */
import { inject, type InjectionKey, onScopeDispose, provide, type Ref } from 'vue'

import type { StreamState } from './useEventStream'

/** `type` is an event's, `reset` after a gap, or `live` when the line stands again: then everything is read anew. */
export type Listener = (type: string) => void

export interface OnDuty {
  connection: Readonly<Ref<StreamState>>
  /** How many chats were taken on this page. */
  taken: Readonly<Ref<number>>
  /** Take a chat that is offered or waits, and go there; a refusal is told. */
  take: (id: number) => Promise<void>
  /** Hear of what comes over the line, until the caller's scope ends. */
  listen: (listener: Listener) => void
}

const ON_DUTY: InjectionKey<OnDuty> = Symbol('on duty')

export function useOnDuty(): OnDuty {
  const found = inject(ON_DUTY)
  if (!found) throw new Error('only within OnDuty.vue')
  return found
}

/** Offer it to all components below; `listeners` are told by the caller what comes over the line. */
export function provideOnDuty(rest: Omit<OnDuty, 'listen'>, listeners: Set<Listener>): void {
  provide(ON_DUTY, {
    ...rest,
    listen(listener) {
      listeners.add(listener)
      onScopeDispose(() => listeners.delete(listener))
    },
  })
}
