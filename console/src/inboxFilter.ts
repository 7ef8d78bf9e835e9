/** What the inbox lists: the filter a rep sets, the question it is to the server, and the order the answer stands in. */
import type { HandoffItem } from './api/types'
import type { ListQuery } from './api/desk'
import { byServing } from './serving'

export type Sort = 'newest' | 'waiting' | 'window'
export type InboxTab = 'queue' | 'mine' | 'all'
export type InboxState = 'active' | 'closed' | 'watching'

export interface InboxFilter {
  state: InboxState
  sort: Sort | null
  skill: string | null
  rep: string | null
  outcome: string | null
  /** Days of the bank's calendar, both included. */
  from: string | null
  to: string | null
  unread: boolean
  unanswered: boolean
  closing: boolean
  urgent: boolean
  q: string
}

export const NO_FILTER: Readonly<InboxFilter> = {
  state: 'active', sort: null, skill: null, rep: null, outcome: null, from: null, to: null,
  unread: false, unanswered: false, closing: false, urgent: false, q: '',
}
const DAY_MS = 86_400_000

/** The question to the server. */
export function queryOf(tab: InboxTab, filter: InboxFilter): ListQuery {
  const query: ListQuery = { scope: tab === 'all' && filter.state === 'watching' ? 'watching' : tab }
  if (tab === 'mine') query.state = 'active'
  if (tab === 'all' && filter.state !== 'watching') query.state = filter.state
  query.sort = sortOf(tab, filter)
  for (const key of ['skill', 'rep', 'outcome'] as const) if (filter[key]) Object.assign(query, { [key]: filter[key] })
  for (const key of ['unread', 'unanswered', 'closing', 'urgent'] as const) if (filter[key]) query[key] = true
  if (filter.from) query.since = dayStart(filter.from)
  if (filter.to) query.until = dayStart(filter.to, 1)
  if (filter.q.trim()) query.q = filter.q.trim()
  return query
}

/** By itself: who waits in serving order, my chats as they were taken up, all by the newest word. */
export function sortOf(tab: InboxTab, filter: InboxFilter): Sort {
  return filter.sort ?? (tab === 'queue' ? 'waiting' : 'newest')
}

/** How many conditions are set, beside the search. */
export function countOf(filter: InboxFilter): number {
  return (Object.keys(NO_FILTER) as (keyof InboxFilter)[]).filter(
    (key) => key !== 'q' && key !== 'state' && filter[key] !== NO_FILTER[key],
  ).length
}

/** Whether a row stands before another in this order, as the server sorts now: negative when it does. */
export function comparing(tab: InboxTab, sort: Sort, now: number): (a: HandoffItem, b: HandoffItem) => number {
  if (sort === 'newest') return (a, b) => ms(b.last_word_at) - ms(a.last_word_at) || b.id - a.id
  if (sort === 'waiting' && tab === 'queue') return byServing(now)
  return (a, b) => ms(a.last_customer_at) - ms(b.last_customer_at) || a.id - b.id
}

const ms = (at: string | null): number => (at ? Date.parse(at) : 0)

function dayStart(day: string, later = 0): string {
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + later * DAY_MS).toISOString()
}
