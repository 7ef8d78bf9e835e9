/** Calls about the message window, one function each. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type { CallTimes, PromisedCall } from './types'

export interface CallBody {
  reason: string
  slot_at?: string
  due_at?: string
}

const at = (id: number) => ({ params: { path: { id } } })

/** Send at once what waits for more words. */
export const flushReplies = (id: number): Promise<unknown> => bodyOf(client.POST('/api/handoffs/{id}/replies/flush', at(id)))
/** Ask the customer, in approved words, to write again. */
export const invite = (id: number): Promise<unknown> => bodyOf(client.POST('/api/handoffs/{id}/invitation', at(id)))
export const getCallTimes = (id: number): Promise<CallTimes> => bodyOf(client.GET('/api/handoffs/{id}/call-times', at(id)))
export const promiseCall = (id: number, { reason, slot_at, due_at }: CallBody): Promise<PromisedCall> =>
  bodyOf(client.POST('/api/handoffs/{id}/followups', { ...at(id), body: { reason, slot_at: slot_at ?? null, due_at: due_at ?? null } }))
