/** The calls of 线索. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

const at = (id: number) => ({ params: { path: { id } } })

export const list = (stage: t.LeadStage | null, scope: 'mine' | 'all', cursor?: string): Promise<t.LeadsPage> =>
  bodyOf(client.GET('/api/leads', { params: { query: { scope, limit: 50, ...(stage && { stage }), ...(cursor && { cursor }) } } }))
export const show = (id: number): Promise<t.LeadDetail> => bodyOf(client.GET('/api/leads/{id}', at(id)))
export const ofHandoff = async (id: number): Promise<t.LeadDetail[]> => (await bodyOf(client.GET('/api/handoffs/{id}/leads', at(id)))).items
export const open = (conversationId: number, product: string | null = null): Promise<t.LeadDetail> =>
  bodyOf(client.POST('/api/leads', { body: { conversation_id: conversationId, product } }))
export const correct = (id: number, need: t.NeedChange): Promise<t.LeadDetail> =>
  bodyOf(client.PUT('/api/leads/{id}/need', { ...at(id), body: need as Required<t.NeedChange> }))
export const move = (id: number, stage: t.LeadStage, evidence: string, lostReason: t.LostReason | null): Promise<t.LeadDetail> =>
  bodyOf(client.POST('/api/leads/{id}/stage', { ...at(id), body: { stage, evidence, lost_reason: lostReason } }))
