/** The calls of 客群. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

const at = (id: number) => ({ params: { path: { id } } })

export const listFields = async (): Promise<t.AudienceField[]> => (await bodyOf(client.GET('/api/audience/fields'))).items
export const look = (rule: t.AudienceRule): Promise<t.AudienceLook> => bodyOf(client.POST('/api/audience/look', { body: { rule } }))
export const sample = async (rule: t.AudienceRule): Promise<t.AudiencePerson[]> =>
  (await bodyOf(client.POST('/api/audience/sample', { body: { rule } }))).items
export const listAsked = async (days = 7): Promise<t.AskedLately[]> =>
  (await bodyOf(client.GET('/api/audience/asked', { params: { query: { days } } }))).items
export const findPeople = async (text: string): Promise<t.AudiencePerson[]> =>
  (await bodyOf(client.GET('/api/audience/followers', { params: { query: { text } } }))).items
export const listSegments = (after = 0): Promise<t.SegmentPage> =>
  bodyOf(client.GET('/api/audience/segments', { params: { query: { after } } }))
export const createSegment = (body: t.SegmentDraft): Promise<t.Segment> => bodyOf(client.POST('/api/audience/segments', { body }))
export const changeSegment = (id: number, version: number, body: t.SegmentDraft): Promise<t.Segment> =>
  bodyOf(client.PUT('/api/audience/segments/{id}', { ...at(id), body: { ...body, version } }))
export const retireSegment = (id: number): Promise<t.Segment> => bodyOf(client.POST('/api/audience/segments/{id}/retire', at(id)))
export const countSegment = (id: number): Promise<t.Segment> => bodyOf(client.POST('/api/audience/segments/{id}/count', at(id)))
export const explain = (id: number, followerId: number): Promise<t.Because> =>
  bodyOf(client.GET('/api/audience/segments/{id}/because/{follower_id}', { params: { path: { id, follower_id: followerId } } }))

export const listTargets = (): Promise<t.ColumnTargets> => bodyOf(client.GET('/api/audience/columns'))
export const listLists = (after = 0): Promise<t.AudienceListPage> =>
  bodyOf(client.GET('/api/audience/lists', { params: { query: { after } } }))
export const getList = (id: number): Promise<t.AudienceListDetails> => bodyOf(client.GET('/api/audience/lists/{id}', at(id)))
export const beginList = (body: t.NewAudienceList): Promise<t.AudienceList> => bodyOf(client.POST('/api/audience/lists', { body }))
export const addPart = (id: number, number: number, content: string): Promise<t.AudienceList> =>
  bodyOf(client.PUT('/api/audience/lists/{id}/parts/{number}', { params: { path: { id, number } }, body: { content } }))
export const finishUpload = (id: number): Promise<t.AudienceList> => bodyOf(client.POST('/api/audience/lists/{id}/uploaded', at(id)))
export const chooseColumns = (id: number, mapping: string[], dataAsOf: string): Promise<t.AudienceList> =>
  bodyOf(client.POST('/api/audience/lists/{id}/columns', { ...at(id), body: { mapping, data_as_of: dataAsOf } }))
export const commitList = (id: number): Promise<t.AudienceList> => bodyOf(client.POST('/api/audience/lists/{id}/commit', at(id)))
export const cancelList = (id: number): Promise<t.AudienceList> => bodyOf(client.POST('/api/audience/lists/{id}/cancel', at(id)))
export const endList = (id: number): Promise<t.AudienceList> => bodyOf(client.POST('/api/audience/lists/{id}/end', at(id)))
export const verdictsUrl = (id: number, kind: 'csv' | 'xlsx'): string => `/api/audience/lists/${id}/verdicts?kind=${kind}`
