/** The calls about desk rules and people: what holds, shifts, absences, dedicated customers. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

const of = (username: string) => ({ params: { path: { username } } })
const on = (desk: string) => ({ params: { path: { desk } } })

export interface DeskChange {
  seen: number
  rules: t.DeskRules | null
  thresholds: t.DeskThresholds | null
  reason: string
}

export interface NewAbsence {
  seen: number
  away_for: t.AwayFor
  starts_at: string
  ends_at: string
  deputy: string | null
  note: string
}

export const listDesks = async (): Promise<t.DeskSettings[]> => (await bodyOf(client.GET('/api/desks'))).items
export const changeDesk = (desk: string, body: DeskChange): Promise<t.DeskSettings> =>
  bodyOf(client.PUT('/api/desks/{desk}', { ...on(desk), body }))
export const tryRules = (desk: string, rules: t.DeskRules): Promise<t.WhatIf> =>
  bodyOf(client.POST('/api/desks/{desk}/what-if', { ...on(desk), body: { rules } }))
export const deskHistory = (desk: string, before?: number): Promise<t.DeskHistory> =>
  bodyOf(client.GET('/api/desks/{desk}/history', { params: { path: { desk }, query: before === undefined ? {} : { before } } }))

export const getRoster = (day?: string): Promise<t.Roster> => bodyOf(client.GET('/api/rosters', { params: { query: day ? { day } : {} } }))
export const copyWeek = async (source: string, target: string): Promise<number> =>
  (await bodyOf(client.POST('/api/rosters/copy', { body: { source, target } }))).reps
export const changeWeek = (username: string, seen: number, monday: string, shifts: { on: string; template: string }[]): Promise<unknown> =>
  bodyOf(client.PUT('/api/reps/{username}/week', { ...of(username), body: { seen, monday, shifts } }))
export const changePerson = (username: string, seen: number, skills: string[], capacity: number): Promise<unknown> =>
  bodyOf(client.PUT('/api/reps/{username}', { ...of(username), body: { seen, skills, capacity } }))
export const setAbsence = (username: string, body: NewAbsence): Promise<unknown> =>
  bodyOf(client.POST('/api/reps/{username}/absences', { ...of(username), body }))
export const endAbsence = (id: number): Promise<unknown> => bodyOf(client.POST('/api/absences/{id}/end', { params: { path: { id } } }))

export const listDedicated = (username: string, before?: number): Promise<t.DedicatedPage> =>
  bodyOf(client.GET('/api/reps/{username}/customers', { params: { path: { username }, query: before === undefined ? {} : { before } } }))
export const dedicate = (username: string, chat: number): Promise<unknown> =>
  bodyOf(client.POST('/api/reps/{username}/customers', { ...of(username), body: { conversation_id: chat } }))
export const handBack = (username: string, id: number): Promise<unknown> =>
  bodyOf(client.DELETE('/api/reps/{username}/customers/{id}', { params: { path: { username, id } } }))

export const getDuty = (): Promise<t.Duty> => bodyOf(client.GET('/api/me/duty'))
