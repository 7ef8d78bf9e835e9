/** The calls of 推送: one campaign from its draft to its last receipt. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

export interface CampaignFilter {
  state: t.CampaignState | null
  text: string
}

const at = (id: number) => ({ params: { path: { id } } })
const chunkAt = (id: number, number: number) => ({ params: { path: { id, number } } })
const because = (reason: string) => ({ body: { reason } })

export const listCampaigns = ({ state, text }: CampaignFilter, cursor?: string): Promise<t.CampaignsPage> =>
  bodyOf(client.GET('/api/campaigns', { params: { query: { ...(state && { state }), text, ...(cursor && { cursor }) } } }))
export const getCampaign = (id: number): Promise<t.Campaign> => bodyOf(client.GET('/api/campaigns/{id}', at(id)))
export const createCampaign = (body: t.CampaignIn): Promise<t.Campaign> => bodyOf(client.POST('/api/campaigns', { body }))
export const saveCampaign = (id: number, body: t.CampaignSave): Promise<t.Campaign> =>
  bodyOf(client.PUT('/api/campaigns/{id}', { ...at(id), body }))
export const copyCampaign = (id: number, name: string): Promise<t.Campaign> =>
  bodyOf(client.POST('/api/campaigns/{id}/copy', { ...at(id), body: { name } }))

export const submit = (id: number): Promise<t.Campaign> => bodyOf(client.POST('/api/campaigns/{id}/submit', at(id)))
export const approve = (id: number, contentHash: string): Promise<t.Campaign> =>
  bodyOf(client.POST('/api/campaigns/{id}/approve', { ...at(id), body: { content_hash: contentHash } }))
export const sendBack = (id: number, reason: string, marks: t.CampaignMark[]): Promise<t.Campaign> =>
  bodyOf(client.POST('/api/campaigns/{id}/send-back', { ...at(id), body: { reason, marks } }))
export const schedule = (id: number): Promise<t.Campaign> => bodyOf(client.POST('/api/campaigns/{id}/schedule', at(id)))
export const unschedule = (id: number, reason: string): Promise<t.Campaign> =>
  bodyOf(client.POST('/api/campaigns/{id}/unschedule', { ...at(id), ...because(reason) }))

export const pause = (id: number, reason: string): Promise<t.CampaignProgress> =>
  bodyOf(client.POST('/api/campaigns/{id}/pause', { ...at(id), ...because(reason) }))
export const resume = (id: number): Promise<t.CampaignProgress> => bodyOf(client.POST('/api/campaigns/{id}/resume', at(id)))
export const cancel = (id: number, reason: string): Promise<t.CampaignProgress> =>
  bodyOf(client.POST('/api/campaigns/{id}/cancel', { ...at(id), ...because(reason) }))
export const getProgress = (id: number): Promise<t.CampaignProgress> => bodyOf(client.GET('/api/campaigns/{id}/progress', at(id)))
export const listActs = async (id: number): Promise<t.CampaignAct[]> => (await bodyOf(client.GET('/api/campaigns/{id}/acts', at(id)))).items
export const askRecall = (id: number, reason: string): Promise<t.Campaign> =>
  bodyOf(client.POST('/api/campaigns/{id}/recall', { ...at(id), ...because(reason) }))
export const confirmRecall = (id: number): Promise<t.Campaign> => bodyOf(client.POST('/api/campaigns/{id}/recall/confirm', at(id)))

export const getPreview = (id: number): Promise<t.PlanPreview> => bodyOf(client.GET('/api/campaigns/{id}/preview', at(id)))
export const listRecipients = (id: number, reason: t.LeftOutReason | null, after?: number): Promise<t.RecipientsPage> =>
  bodyOf(client.GET('/api/campaigns/{id}/recipients', { params: { path: { id }, query: { ...(reason && { reason }), ...(after && { after }) } } }))
export const getWhy = (id: number, followerId: number): Promise<t.RecipientWhy> =>
  bodyOf(client.GET('/api/campaigns/{id}/why', { params: { path: { id }, query: { follower_id: followerId } } }))

export const listChunks = async (id: number): Promise<t.CampaignChunk[]> =>
  (await bodyOf(client.GET('/api/campaigns/{id}/chunks', at(id)))).items
export const retryChunk = (id: number, number: number): Promise<unknown> =>
  bodyOf(client.POST('/api/campaigns/{id}/chunks/{number}/retry', chunkAt(id, number)))
export const abandonChunk = (id: number, number: number, reason: string): Promise<unknown> =>
  bodyOf(client.POST('/api/campaigns/{id}/chunks/{number}/abandon', { ...chunkAt(id, number), ...because(reason) }))
export const settleChunk = (id: number, number: number, went: boolean, reason: string): Promise<unknown> =>
  bodyOf(client.POST('/api/campaigns/{id}/chunks/{number}/settle', { ...chunkAt(id, number), body: { went, reason } }))
