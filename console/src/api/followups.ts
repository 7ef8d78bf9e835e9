/** The calls of 回访. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

export interface FollowupFilter {
  scope: 'mine' | 'desk' | 'all'
  state: 'open' | 'done' | 'cancelled'
  segment: string | null
  q: string
}

const at = (id: number) => ({ params: { path: { id } } })

export const list = ({ scope, state, segment, q }: FollowupFilter, cursor?: string): Promise<t.FollowupsPage> =>
  bodyOf(client.GET('/api/followups', { params: { query: { scope, state, q, limit: 50, ...(segment && { segment }), ...(cursor && { cursor }) } } }))
export const show = (id: number): Promise<t.FollowupSheet> => bodyOf(client.GET('/api/followups/{id}', at(id)))
export const claim = (id: number): Promise<t.FollowupSheet> => bodyOf(client.POST('/api/followups/{id}/claim', at(id)))
export const release = (id: number): Promise<unknown> => bodyOf(client.POST('/api/followups/{id}/release', at(id)))
export const reassign = (id: number, to: string | null): Promise<t.FollowupSheet> =>
  bodyOf(client.POST('/api/followups/{id}/reassign', { ...at(id), body: { to } }))
export const report = (id: number, body: t.Attempt): Promise<t.FollowupSheet> =>
  bodyOf(client.POST('/api/followups/{id}/attempts', { ...at(id), body }))
export const tick = (id: number, item: string, isTicked: boolean): Promise<t.FollowupSheet> =>
  bodyOf(client.POST('/api/followups/{id}/ticks', { ...at(id), body: { item, is_ticked: isTicked } }))
export const setElder = (id: number, isElder: boolean): Promise<t.FollowupSheet> =>
  bodyOf(client.POST('/api/followups/{id}/elder', { ...at(id), body: { is_elder: isElder } }))
export const keepDiagnosis = (id: number, tree: string, answers: string[]): Promise<t.FollowupSheet> =>
  bodyOf(client.POST('/api/followups/{id}/diagnosis', { ...at(id), body: { tree, answers } }))
export const finish = (id: number, body: t.FollowupDone): Promise<unknown> =>
  bodyOf(client.POST('/api/followups/{id}/done', { ...at(id), body }))
