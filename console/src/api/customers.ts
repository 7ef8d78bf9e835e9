/** The calls about customers, referrals and complaints. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

export interface TimelineFilter {
  kind: t.TimelineKind | null
  firm: boolean
}

export interface Asked {
  reason: t.ReferralReason
  ask: string
  branch: string | null
}

const at = (id: number) => ({ params: { path: { id } } })
const from = (cursor?: string) => (cursor === undefined ? {} : { cursor })

export const searchCustomers = (text: string, cursor?: string): Promise<t.CustomersPage> =>
  bodyOf(client.GET('/api/customers', { params: { query: { text, ...from(cursor) } } }))
export const getCustomer = (id: number): Promise<t.Profile> => bodyOf(client.GET('/api/customers/{id}', at(id)))
export const getBankFacts = (id: number): Promise<t.BankFacts> => bodyOf(client.GET('/api/customers/{id}/bank', at(id)))
export const listTimeline = (id: number, { kind, firm }: TimelineFilter, cursor?: string): Promise<t.TimelinePage> =>
  bodyOf(client.GET('/api/customers/{id}/timeline', { params: { path: { id }, query: { ...(kind && { kind: [kind] }), firm, ...from(cursor) } } }))
export const addNote = (id: number, text: string): Promise<unknown> =>
  bodyOf(client.POST('/api/customers/{id}/notes', { ...at(id), body: { text } }))
export const listTags = async (): Promise<t.TagKind[]> => (await bodyOf(client.GET('/api/customer-tags'))).items
export const addTag = (id: number, tag: string, source: t.TagSource): Promise<unknown> =>
  bodyOf(client.POST('/api/customers/{id}/tags', { ...at(id), body: { tag, source } }))
export const removeTag = (id: number, tag: string): Promise<unknown> =>
  bodyOf(client.DELETE('/api/customers/{id}/tags/{tag}', { params: { path: { id, tag } } }))
export const unmaskProfile = (id: number, field: 'phone' | 'contact', reason: string): Promise<t.Unmasked> =>
  bodyOf(client.POST('/api/customers/{id}/unmask', { ...at(id), body: { field, reason } }))

export const listReferrals = (state: t.ReferralState, cursor?: string): Promise<t.ReferralsPage> =>
  bodyOf(client.GET('/api/referrals', { params: { query: { state, ...from(cursor) } } }))
export const listBranches = async (): Promise<string[]> => (await bodyOf(client.GET('/api/branches'))).items
export const refer = (customer: number, asked: Asked, followup?: number): Promise<t.Referral> =>
  bodyOf(client.POST('/api/referrals', { body: { customer_id: customer, followup_id: followup ?? null, ...asked } }))
export const acceptReferral = (id: number): Promise<t.ReferralAccepted> => bodyOf(client.POST('/api/referrals/{id}/accept', at(id)))
export const answerReferral = (id: number, answer: string): Promise<unknown> =>
  bodyOf(client.POST('/api/referrals/{id}/answer', { ...at(id), body: { answer } }))
export const giveReferralBack = (id: number, reason: string): Promise<unknown> =>
  bodyOf(client.POST('/api/referrals/{id}/give-back', { ...at(id), body: { reason } }))
export const sendReferralAgain = (id: number, branch: string, ask: string): Promise<unknown> =>
  bodyOf(client.POST('/api/referrals/{id}/send-again', { ...at(id), body: { branch, ask } }))
export const closeReferral = (id: number): Promise<unknown> => bodyOf(client.POST('/api/referrals/{id}/close', at(id)))

export const listComplaints = (state: t.ComplaintState, cursor?: string): Promise<t.ComplaintsPage> =>
  bodyOf(client.GET('/api/complaints', { params: { query: { state, ...from(cursor) } } }))
export const getComplaint = (id: number): Promise<t.ComplaintDetail> => bodyOf(client.GET('/api/complaints/{id}', at(id)))
export const takeComplaint = (id: number): Promise<unknown> => bodyOf(client.POST('/api/complaints/{id}/take', at(id)))
export const assignComplaint = (id: number, username: string): Promise<unknown> =>
  bodyOf(client.POST('/api/complaints/{id}/handler', { ...at(id), body: { username } }))
export const noteComplaint = (id: number, text: string): Promise<unknown> =>
  bodyOf(client.POST('/api/complaints/{id}/notes', { ...at(id), body: { text } }))
export const askExtension = (id: number, reason: string): Promise<unknown> =>
  bodyOf(client.POST('/api/complaints/{id}/extension', { ...at(id), body: { reason } }))
export const approveExtension = async (id: number): Promise<boolean> =>
  (await bodyOf(client.POST('/api/complaints/{id}/extension/approve', at(id)))).is_told
export const closeComplaint = (id: number, result: string, toldBy: t.ToldBy): Promise<unknown> =>
  bodyOf(client.POST('/api/complaints/{id}/close', { ...at(id), body: { result, told_by: toldBy } }))
export const takeFileOut = (id: number, reason: string): Promise<t.Dossier> =>
  bodyOf(client.POST('/api/complaints/{id}/file', { ...at(id), body: { reason } }))
