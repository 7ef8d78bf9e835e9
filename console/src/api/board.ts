/** The calls of the live board: looking, alerts, setting a status. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

const at = (id: number) => ({ params: { path: { id } } })

export const getBoard = (): Promise<t.Board> => bodyOf(client.GET('/api/board'))
export const forceStatus = (username: string, status: t.RepStatus): Promise<unknown> =>
  bodyOf(client.PUT('/api/reps/{username}/status', { params: { path: { username } }, body: { status } }))

export const listAlerts = (state: 'going_on' | 'closed' = 'going_on', before?: number): Promise<t.AlertsPage> =>
  bodyOf(client.GET('/api/alerts', { params: { query: before === undefined ? { state } : { state, before } } }))
export const seeAlert = (id: number): Promise<t.Alert> => bodyOf(client.POST('/api/alerts/{id}/seen', at(id)))
export const closeAlert = (id: number): Promise<t.Alert> => bodyOf(client.POST('/api/alerts/{id}/close', at(id)))
