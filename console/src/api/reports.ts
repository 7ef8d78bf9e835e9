/** The calls of 报表. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

/** Which days of which desk, and of whom: one value of one dimension, or everything. */
export interface ReportWanted {
  first: string
  last: string
  desk: string
  dimension: t.ReportDimension
  key: string
}

export type BreakdownBy = 'rep' | 'branch' | 'product' | 'source' | 'matter' | 'desk'

export const getReport = (query: ReportWanted): Promise<t.Report> => bodyOf(client.GET('/api/reports', { params: { query } }))
export const getHours = async (query: ReportWanted): Promise<t.ReportHour[]> =>
  (await bodyOf(client.GET('/api/reports/hours', { params: { query } }))).items
export const getBreakdown = ({ first, last, desk }: ReportWanted, by: BreakdownBy): Promise<t.Breakdown> =>
  bodyOf(client.GET('/api/reports/breakdown', { params: { query: { first, last, desk, by } } }))
export const getBusiness = ({ first, last }: ReportWanted): Promise<t.Business> =>
  bodyOf(client.GET('/api/reports/business', { params: { query: { first, last } } }))
export const listBehind = (metric: string, query: ReportWanted, before?: number): Promise<t.BehindPage> =>
  bodyOf(
    client.GET('/api/reports/{metric}/conversations', {
      params: { path: { metric }, query: before === undefined ? query : { ...query, before } },
    }),
  )

/** The address of a file of the same figures; the browser takes it down by itself. */
export const exportUrl = (what: string, query: Partial<ReportWanted> & { by?: BreakdownBy }): string =>
  `/api/reports${what}/export?${new URLSearchParams(query as Record<string, string>).toString()}`
