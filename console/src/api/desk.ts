/** Every call of the console, one function each. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

export interface ListQuery {
  state?: 'queued' | 'offered' | 'active' | 'wrapping' | 'closed'
  scope?: 'mine' | 'all'
  cursor?: string
  limit?: number
}

export interface ReplyBody {
  client_key: string
  text: string
  card?: string
  isConfirmed?: boolean
}

export interface TransferBody {
  skill?: string
  rep?: string
  note: string
}

const at = (id: number) => ({ params: { path: { id } } })

export const signIn = (username: string, password: string): Promise<t.Session> =>
  bodyOf(client.POST('/api/session', { body: { username, password } }))
export const getSession = (): Promise<t.Session> => bodyOf(client.GET('/api/session'))
export const signOut = (): Promise<unknown> => bodyOf(client.DELETE('/api/session'))
export const setStatus = (status: t.RepStatus): Promise<t.Me> => bodyOf(client.PUT('/api/me/status', { body: { status } }))
export const beat = (): Promise<unknown> => bodyOf(client.POST('/api/me/heartbeat'))

export const listHandoffs = (query: ListQuery): Promise<t.HandoffPage> =>
  bodyOf(client.GET('/api/handoffs', { params: { query } }))
export const getHandoff = (id: number): Promise<t.Handoff> => bodyOf(client.GET('/api/handoffs/{id}', at(id)))
export const listLines = (id: number, before: number): Promise<t.LinesPage> =>
  bodyOf(client.GET('/api/handoffs/{id}/lines', { params: { path: { id }, query: { before } } }))

export const accept = (id: number): Promise<t.Handoff> => bodyOf(client.POST('/api/handoffs/{id}/accept', at(id)))
export const decline = (id: number, reason: t.DeclineReason): Promise<unknown> =>
  bodyOf(client.POST('/api/handoffs/{id}/decline', { ...at(id), body: { reason } }))
export const transfer = (id: number, body: TransferBody): Promise<unknown> =>
  bodyOf(client.POST('/api/handoffs/{id}/transfer', { ...at(id), body: { skill: body.skill ?? null, rep: body.rep ?? null, note: body.note } }))
export const close = (id: number, outcome: t.Outcome, note: string): Promise<unknown> =>
  bodyOf(client.POST('/api/handoffs/{id}/close', { ...at(id), body: { outcome, note } }))
export const assign = (id: number, rep: string, note: string): Promise<unknown> =>
  bodyOf(client.POST('/api/handoffs/{id}/assign', { ...at(id), body: { rep, note } }))
export const takeOver = (id: number, note: string): Promise<t.Handoff> =>
  bodyOf(client.POST('/api/handoffs/{id}/takeover', { ...at(id), body: { note } }))
export const giveBack = (id: number, note: string): Promise<unknown> =>
  bodyOf(client.POST('/api/handoffs/{id}/return', { ...at(id), body: { note } }))
export const endWrapUp = (id: number): Promise<unknown> => bodyOf(client.POST('/api/handoffs/{id}/wrapped', at(id)))
export const correctOutcome = (id: number, outcome: t.Outcome, note: string): Promise<unknown> =>
  bodyOf(client.PUT('/api/handoffs/{id}/outcome', { ...at(id), body: { outcome, note } }))
export const reply = (id: number, { isConfirmed, card, ...body }: ReplyBody): Promise<t.Line> =>
  bodyOf(client.POST('/api/handoffs/{id}/replies', { ...at(id), body: { ...body, card: card ?? null, is_confirmed: isConfirmed ?? false } }))
export const tellTyping = (id: number): Promise<unknown> => bodyOf(client.POST('/api/handoffs/{id}/typing', at(id)))

export const listCanned = async (): Promise<t.Canned[]> => (await bodyOf(client.GET('/api/canned'))).items
export const listReps = (): Promise<t.RepsPage> => bodyOf(client.GET('/api/reps'))
export const listFollowups = async (): Promise<t.Followup[]> => (await bodyOf(client.GET('/api/followups'))).items
export const finishFollowup = (id: number, result: string): Promise<unknown> =>
  bodyOf(client.POST('/api/followups/{id}/done', { ...at(id), body: { result } }))
export const getCounters = (): Promise<t.Counters> => bodyOf(client.GET('/api/counters'))
