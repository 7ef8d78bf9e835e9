/** The calls behind the composer: suggestions, knowledge, guides, notes, pictures, checked words. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

const at = (id: number) => ({ params: { path: { id } } })

export const getSuggestions = (id: number): Promise<t.Suggestions> => bodyOf(client.GET('/api/handoffs/{id}/suggestions', at(id)))
export const noteSuggestionUse = (id: number, body: t.SuggestionUse): Promise<unknown> =>
  bodyOf(client.POST('/api/handoffs/{id}/suggestions/uses', { ...at(id), body }))

export const lookUp = async (id: number, text: string, kind: t.KnowledgeKind | null): Promise<t.LookedUp[]> =>
  (await bodyOf(client.GET('/api/handoffs/{id}/knowledge', { params: { path: { id }, query: { text, ...(kind && { kind }) } } }))).items

export const getGuides = (id: number): Promise<t.Guides> => bodyOf(client.GET('/api/handoffs/{id}/guide', at(id)))
export const sendGuideStep = (id: number, body: t.GuideStepSent): Promise<t.Line> => bodyOf(client.POST('/api/handoffs/{id}/guide', { ...at(id), body }))

export const checkWording = async (text: string): Promise<t.Finding[]> =>
  (await bodyOf(client.POST('/api/wording/check', { body: { text } }))).findings

export const listNotes = async (id: number): Promise<t.Note[]> => (await bodyOf(client.GET('/api/handoffs/{id}/notes', at(id)))).notes
export const addNote = (id: number, body: { client_key: string; text: string; mentions: string[] }): Promise<t.Note> =>
  bodyOf(client.POST('/api/handoffs/{id}/notes', { ...at(id), body }))
export const listMentions = (): Promise<t.MentionsPage> => bodyOf(client.GET('/api/mentions'))
export const readMentions = (id: number): Promise<unknown> => bodyOf(client.POST('/api/handoffs/{id}/mentions/read', at(id)))

export const getPicture = (id: number, line_id: number): Promise<Blob> =>
  bodyOf(client.GET('/api/handoffs/{id}/lines/{line_id}/picture', { params: { path: { id, line_id } }, parseAs: 'blob' }))
export const sendPicture = (id: number, body: t.PictureSent): Promise<t.Line> => bodyOf(client.POST('/api/handoffs/{id}/pictures', { ...at(id), body }))

/** Tell which chat is on the screen, null when none is, and whether something is being written there. */
export const tellViewing = (handoff_id: number | null, is_typing: boolean): Promise<unknown> =>
  bodyOf(client.PUT('/api/me/viewing', { body: { handoff_id, is_typing } }))
