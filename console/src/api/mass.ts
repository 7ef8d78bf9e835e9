/** The calls of what all pushes share: the month's four messages, the calendar, the stop, sends made outside. */
import { bodyOf, client } from './client'
import type * as t from './types'

export const getPlanner = (campaignId?: number): Promise<t.MassMonth> =>
  bodyOf(client.GET('/api/mass/planner', { params: { query: campaignId === undefined ? {} : { campaign_id: campaignId } } }))
/** `month` is 2026-11. */
export const getCalendar = async (month: string): Promise<t.MassDay[]> =>
  (await bodyOf(client.GET('/api/mass/calendar', { params: { query: { month } } }))).items
export const getPolicy = (): Promise<t.ContactPolicy> => bodyOf(client.GET('/api/mass/policy'))
export const getStop = (): Promise<t.MassStop> => bodyOf(client.GET('/api/mass/stop'))
export const stopEverything = (reason: string): Promise<unknown> => bodyOf(client.POST('/api/mass/stop', { body: { reason } }))
export const liftStop = (): Promise<unknown> => bodyOf(client.POST('/api/mass/stop/lift'))
export const listOutside = async (): Promise<t.OutsideSend[]> => (await bodyOf(client.GET('/api/mass/outside'))).items
/** Null: it reached nobody who counts. */
export const bookOutside = (id: number, segmentId: number | null): Promise<unknown> =>
  bodyOf(client.POST('/api/mass/outside/{id}/book', { params: { path: { id } }, body: { segment_id: segmentId } }))
