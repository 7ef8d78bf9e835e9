/** What came over the stream of events since the page was opened; the replay check reads it. */
import { readonly, shallowReactive } from 'vue'

export interface StreamRecord {
  /** The first and the newest id the page knows of; 0 before the first. */
  firstId: number
  lastId: number
  events: number
  reconnects: number
  resets: number
  /** How long the last events were under way, in milliseconds by the server's clock; newest last. */
  lagsMs: readonly number[]
}

const KEPT_LAGS = 200
// The server looks through so many rows; what is older cannot be compared anyway.
const KEPT_IDS = 20_000

const record = shallowReactive<StreamRecord>({ firstId: 0, lastId: 0, events: 0, reconnects: 0, resets: 0, lagsMs: [] })
const heard = new Set<number>()
let isConnected = false

export function useStreamRecord(): Readonly<StreamRecord> {
  return readonly(record)
}

/** Frames that tell of the line itself, not of the desk. */
const OF_THE_LINE = new Set(['hello', 'reset', 'tick'])

/** A frame came; one of the line carries the id up to which nothing is missing. */
export function noteFrame(name: string | undefined, id: string | undefined): void {
  if (name === 'reset') noteReset()
  const number = Number(id)
  if (number) noteId(number, !OF_THE_LINE.has(name ?? ''))
}

function noteId(number: number, isEvent: boolean): void {
  record.firstId ||= number
  record.lastId = Math.max(record.lastId, number)
  if (!isEvent) return
  record.events += 1
  heard.add(number)
  if (heard.size > KEPT_IDS) heard.delete(heard.values().next().value as number)
}

export function noteLag(ms: number): void {
  record.lagsMs = [...record.lagsMs.slice(1 - KEPT_LAGS), Math.max(0, ms)]
}

/** The line is there; after the first time it was lost in between. */
export function noteLive(): void {
  if (isConnected) record.reconnects += 1
  isConnected = true
}

/** The server cannot fill a gap: the page reads everything anew, and the record begins again. */
function noteReset(): void {
  record.resets += 1
  record.firstId = 0
  heard.clear()
}

/** Which of these never came. */
export function missing(ids: readonly number[]): number[] {
  return ids.filter((id) => !heard.has(id))
}

/** The value under which this share of the lags lies; null without any. */
export function percentile(lags: readonly number[], share: number): number | null {
  const sorted = [...lags].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null
}

/** A new page, a new record. */
export function forgetRecord(): void {
  Object.assign(record, { firstId: 0, lastId: 0, events: 0, reconnects: 0, resets: 0, lagsMs: [] })
  heard.clear()
  isConnected = false
}
