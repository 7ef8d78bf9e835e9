/** The calls of 待学习, and a rep's word on a turn. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

export interface DecideBody {
  decision: 'teach' | 'answer' | 'ignore'
  intent?: string
  utterances: { parse_id: number; text: string }[]
}

const at = (id: number) => ({ params: { path: { id } } })

export const getFigures = (): Promise<t.LearningFigures> => bodyOf(client.GET('/api/learning/figures'))
export const listGroups = (): Promise<t.GroupsPage> => bodyOf(client.GET('/api/learning/groups'))
export const listIntents = async (): Promise<t.Intent[]> => (await bodyOf(client.GET('/api/learning/intents'))).items
export const listLessons = (state: t.LessonState, before?: number): Promise<t.LessonsPage> =>
  bodyOf(client.GET('/api/learning/lessons', { params: { query: before === undefined ? { state } : { state, before } } }))

export const decide = (body: DecideBody): Promise<t.LessonsPage> =>
  bodyOf(client.POST('/api/learning/lessons', { body: { ...body, intent: body.intent ?? null } }))
export const approve = (id: number): Promise<t.Lesson> => bodyOf(client.POST('/api/learning/lessons/{id}/approve', at(id)))
export const sendBack = (id: number, reason: string): Promise<t.Lesson> =>
  bodyOf(client.POST('/api/learning/lessons/{id}/send-back', { ...at(id), body: { reason } }))
export const proposeAgain = (id: number, intent: string, text: string): Promise<t.Lesson> =>
  bodyOf(client.POST('/api/learning/lessons/{id}/propose', { ...at(id), body: { intent, text } }))
export const withdraw = (id: number): Promise<t.Lesson> => bodyOf(client.POST('/api/learning/lessons/{id}/withdraw', at(id)))
export const finishAnswer = (id: number, result: string): Promise<t.Lesson> =>
  bodyOf(client.POST('/api/learning/lessons/{id}/answered', { ...at(id), body: { result } }))
export const listActs = async (id: number): Promise<t.LearningAct[]> =>
  (await bodyOf(client.GET('/api/learning/lessons/{id}/acts', at(id)))).items

export const correct = (parseId: number, intent: string): Promise<t.Reading> =>
  bodyOf(client.POST('/api/learning/parses/{id}/correct', { ...at(parseId), body: { intent } }))
