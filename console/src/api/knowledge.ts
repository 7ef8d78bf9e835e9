/** The calls of 知识库, and the reps' search. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

export interface KnowledgeFilter {
  kind: t.KnowledgeKind | null
  state: t.KnowledgeState | null
  text: string
}

const at = (id: number) => ({ params: { path: { id } } })
const of = (kind: t.KnowledgeKind, key: string) => ({ params: { path: { kind, key } } })

export const listItems = ({ kind, state, text }: KnowledgeFilter, after = 0): Promise<t.KnowledgePage> =>
  bodyOf(client.GET('/api/knowledge/items', { params: { query: { ...(kind && { kind }), ...(state && { state }), text, after } } }))
export const getItem = (kind: t.KnowledgeKind, key: string): Promise<t.KnowledgeItem> =>
  bodyOf(client.GET('/api/knowledge/items/{kind}/{key}', of(kind, key)))
export const save = (kind: t.KnowledgeKind, key: string, body: t.KnowledgeDraft): Promise<t.KnowledgeVersion> =>
  bodyOf(client.PUT('/api/knowledge/items/{kind}/{key}', { ...of(kind, key), body }))
export const preview = (kind: t.KnowledgeKind, key: string, body: t.KnowledgeDraft): Promise<t.KnowledgePreview> =>
  bodyOf(client.POST('/api/knowledge/preview', { body: { ...body, kind, key } }))
export const submit = (id: number): Promise<t.KnowledgeVersion> => bodyOf(client.POST('/api/knowledge/versions/{id}/submit', at(id)))
export const approve = (id: number, contentHash: string): Promise<t.KnowledgeVersion> =>
  bodyOf(client.POST('/api/knowledge/versions/{id}/approve', { ...at(id), body: { content_hash: contentHash } }))
export const sendBack = (id: number, reason: string): Promise<t.KnowledgeVersion> =>
  bodyOf(client.POST('/api/knowledge/versions/{id}/send-back', { ...at(id), body: { reason } }))
export const rollBack = (id: number, reason: string): Promise<t.KnowledgeVersion> =>
  bodyOf(client.POST('/api/knowledge/versions/{id}/roll-back', { ...at(id), body: { reason } }))
export const retire = (id: number, reason: string): Promise<t.KnowledgeVersion> =>
  bodyOf(client.POST('/api/knowledge/versions/{id}/retire', { ...at(id), body: { reason } }))
export const discard = (id: number): Promise<unknown> => bodyOf(client.POST('/api/knowledge/versions/{id}/discard', at(id)))
export const search = async (text: string): Promise<t.Hit[]> =>
  (await bodyOf(client.GET('/api/knowledge/search', { params: { query: { text } } }))).items
