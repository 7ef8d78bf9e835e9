/** The calls of 效果. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

/** On which days the campaigns began, both included. */
export interface ResultDays {
  first: string
  last: string
}

export const RESULT_BYS = ['variant', 'branch', 'product', 'day'] as const
export type ResultBy = (typeof RESULT_BYS)[number]

export const getResults = ({ first, last }: ResultDays): Promise<t.Results> => bodyOf(client.GET('/api/results', { params: { query: { first, last } } }))
export const getCampaignResult = (id: number): Promise<t.CampaignResult> => bodyOf(client.GET('/api/results/campaigns/{id}', { params: { path: { id } } }))
export const getResultBreakdown = (id: number, by: ResultBy): Promise<t.ResultBreakdown> =>
  bodyOf(client.GET('/api/results/campaigns/{id}/breakdown', { params: { path: { id }, query: { by } } }))
export const listResultFollowers = (id: number, metric: string, after: number): Promise<t.ResultFollowersPage> =>
  bodyOf(client.GET('/api/results/campaigns/{id}/{metric}/followers', { params: { path: { id, metric }, query: { after } } }))

/** The address of a file of the same figures; the browser takes it down by itself. */
export const resultsFile = ({ first, last }: ResultDays): string => `/api/results/export?${new URLSearchParams({ first, last }).toString()}`
export const campaignFile = (id: number): string => `/api/results/campaigns/${id}/export`
export const breakdownFile = (id: number, by: ResultBy): string => `/api/results/campaigns/${id}/breakdown/export?by=${by}`
