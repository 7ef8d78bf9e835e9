/** The calls about personal data: showing a value whole, acts, data requests, keeping times. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

const at = (id: number) => ({ params: { path: { id } } })

export const unmaskCustomer = (chat: number, field: 'phone' | 'contact', reason: string): Promise<t.Unmasked> =>
  bodyOf(client.POST('/api/handoffs/{id}/unmask', { ...at(chat), body: { field, reason } }))
export const unmaskFollowup = (id: number, reason: string): Promise<t.Unmasked> =>
  bodyOf(client.POST('/api/followups/{id}/unmask', { ...at(id), body: { reason } }))

export const listActs = (before?: number): Promise<t.AuditPage> =>
  bodyOf(client.GET('/api/audit', { params: { query: before === undefined ? {} : { before } } }))
export const getRetention = (): Promise<t.Retention> => bodyOf(client.GET('/api/retention'))

export const listRequests = (state: t.DataRequestState, before?: number): Promise<t.RequestsPage> =>
  bodyOf(client.GET('/api/data-requests', { params: { query: before === undefined ? { state } : { state, before } } }))
export const registerRequest = (chat: number, kind: t.DataRequest['kind'], provedBy: string): Promise<t.DataRequest> =>
  bodyOf(client.POST('/api/data-requests', { body: { conversation_id: chat, kind, proved_by: provedBy } }))
export const exportData = (id: number, reason: string): Promise<t.DataExport> =>
  bodyOf(client.POST('/api/data-requests/{id}/export', { ...at(id), body: { reason } }))
export const finishRequest = (id: number): Promise<t.DataRequest> => bodyOf(client.POST('/api/data-requests/{id}/finish', at(id)))
export const refuseRequest = (id: number, reason: string): Promise<t.DataRequest> =>
  bodyOf(client.POST('/api/data-requests/{id}/refuse', { ...at(id), body: { reason } }))

export const listHolds = async (): Promise<t.Hold[]> => (await bodyOf(client.GET('/api/legal-holds'))).items
export const setHold = (chat: number, reason: string): Promise<t.Hold> =>
  bodyOf(client.POST('/api/legal-holds', { body: { conversation_id: chat, reason } }))
export const liftHold = (id: number, reason: string): Promise<unknown> =>
  bodyOf(client.POST('/api/legal-holds/{id}/lift', { ...at(id), body: { reason } }))
