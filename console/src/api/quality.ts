/** The calls of 质检. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

export type CheckList = 'to_do' | 'done' | 'appeals'

const at = (id: number) => ({ params: { path: { id } } })
const from = (before?: number) => (before === undefined ? {} : { before })

export const getForm = (): Promise<t.QualityForm> => bodyOf(client.GET('/api/quality/form'))
export const listChecks = (list: CheckList, rep: string, before?: number): Promise<t.ChecksPage> =>
  bodyOf(client.GET('/api/quality/checks', { params: { query: { list, ...(rep ? { rep } : {}), ...from(before) } } }))
export const listMine = (before?: number): Promise<t.ChecksPage> =>
  bodyOf(client.GET('/api/quality/mine', { params: { query: from(before) } }))
export const getSummary = (first: string, last: string): Promise<t.QualitySummary> =>
  bodyOf(client.GET('/api/quality/summary', { params: { query: { first, last } } }))
export const getCheck = (id: number): Promise<t.QualityCheck> => bodyOf(client.GET('/api/quality/checks/{id}', at(id)))
export const scoreCheck = (id: number, body: t.QualityMarks): Promise<t.QualityCheck> =>
  bodyOf(client.POST('/api/quality/checks/{id}/score', { ...at(id), body }))
export const seeCheck = (id: number): Promise<unknown> => bodyOf(client.POST('/api/quality/checks/{id}/seen', at(id)))
export const appealCheck = (id: number, words: string): Promise<t.QualityCheck> =>
  bodyOf(client.POST('/api/quality/checks/{id}/appeal', { ...at(id), body: { words } }))
export const settleCheck = (id: number, answer: string, marks: t.QualityMarks | null): Promise<t.QualityCheck> =>
  bodyOf(client.POST('/api/quality/checks/{id}/settle', { ...at(id), body: { answer, marks } }))
