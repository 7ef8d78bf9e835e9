/** What the page 推送 makes of the API's shapes: which state means what, times as they are typed, parts of a whole. */
import type { Campaign, CampaignFlaw, CampaignGoal, CampaignMetric, CampaignSave, CampaignState, LeftOutReason, Me } from './api/types'

const ZONE = 'Asia/Shanghai'
export const NOBODY = '—'
export const GOALS: readonly CampaignGoal[] = ['activate', 'upgrade', 'retain']
/** The figures a goal is mostly judged by come first; any may be chosen. */
const FIRST: Readonly<Record<CampaignGoal, readonly CampaignMetric[]>> = {
  activate: ['woken', 'chats', 'applications'],
  upgrade: ['drawdowns', 'applications', 'handoffs'],
  retain: ['redemptions', 'reads', 'shares'],
}
const METRICS: readonly CampaignMetric[] = ['reads', 'shares', 'chats', 'handoffs', 'applications', 'drawdowns', 'redemptions', 'woken']
export const STATES: readonly CampaignState[] = ['draft', 'in_review', 'approved', 'scheduled', 'planning', 'running', 'paused', 'finished', 'cancelled']
export const TONES: Readonly<Record<CampaignState, string>> = {
  draft: '',
  in_review: 'warn',
  approved: 'info',
  scheduled: 'info',
  planning: 'info',
  running: 'ok',
  paused: 'bad',
  finished: '',
  cancelled: '',
}
export const STEPS = ['goal', 'audience', 'content', 'time', 'submit'] as const
export type Step = (typeof STEPS)[number]
/** Left out on purpose, to measure by; the others are left out because of what they are. */
export const HELD_OUT: readonly LeftOutReason[] = ['holdout_global', 'holdout']

const ROLES: readonly Me['role'][] = ['marketer', 'reviewer', 'supervisor', 'admin']
const HAS_ENDED: readonly CampaignState[] = ['finished', 'cancelled']
const BEFORE_START: readonly CampaignState[] = ['in_review', 'approved', 'scheduled']

export const worksWithCampaigns = (role: Me['role'] | undefined): boolean => role !== undefined && ROLES.includes(role)
export const metricsOf = (goal: CampaignGoal): CampaignMetric[] => [...FIRST[goal], ...METRICS.filter((one) => !FIRST[goal].includes(one))]
export const hasEnded = (state: CampaignState): boolean => HAS_ENDED.includes(state)
export const mayTakeBack = (state: CampaignState): boolean => BEFORE_START.includes(state)

/** The step of the editor where a flaw is mended. */
export function stepOf(flaw: CampaignFlaw): Step {
  if (flaw.place.startsWith('variants')) return 'content'
  return flaw.place === 'not_after' ? 'time' : 'audience'
}

/** A campaign as it is saved again. */
export function wishOf(one: Campaign): CampaignSave {
  return {
    name: one.name,
    goal: one.goal,
    metric: one.metric,
    message_class: one.message_class,
    included: one.included.map((segment) => segment.id),
    excluded: one.excluded.map((segment) => segment.id),
    variants: one.variants.map(({ article_version_id, share }) => ({ article_version_id, share })),
    holdout_bp: one.holdout_bp,
    route: one.route,
    speed: one.speed,
    not_before: one.not_before,
    not_after: one.not_after,
    repeats: one.repeats,
    revision: one.revision,
  }
}

/** Why it cannot be saved as it stands; null when it can. */
export function lackOf(wish: CampaignSave): 'name' | 'shares' | 'order' | null {
  if (wish.name.trim().length < 2) return 'name'
  if (wish.variants.length && wish.variants.reduce((sum, one) => sum + one.share, 0) !== 100) return 'shares'
  return wish.not_after && Date.parse(wish.not_after) <= Date.parse(wish.not_before) ? 'order' : null
}

/** Shares that make a hundred: 34, 33, 33. */
export function evenShares(count: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.floor(100 / count) + (index < 100 % count ? 1 : 0))
}

/** "2026-11-30T09:00" at the bank, for a field. */
export const asTyped = (at: string): string => new Date(at).toLocaleString('sv-SE', { timeZone: ZONE }).slice(0, 16).replace(' ', 'T')
/** What was typed into a field, as an instant. */
export const fromTyped = (typed: string): string => new Date(`${typed}:00+08:00`).toISOString()
/** "2026-11-30" at the bank. */
export const dayAt = (at: string | number): string => new Date(at).toLocaleString('sv-SE', { timeZone: ZONE }).slice(0, 10)
export const clockAt = (at: string): string => asTyped(at).slice(11)
export const addHours = (at: string, hours: number): string => new Date(Date.parse(at) + hours * 3_600_000).toISOString()

/** Tomorrow at ten: when a new campaign is to go unless somebody says otherwise. */
export const tomorrowAtTen = (nowMs: number): string => fromTyped(`${dayAt(nowMs + 86_400_000)}T10:00`)

/** The days of a month in weeks from Monday to Sunday; "" pads the first and the last. */
export function weeksOf(month: string): string[][] {
  const first = new Date(`${month}-01T00:00:00Z`)
  const count = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  const before = (first.getUTCDay() + 6) % 7
  const cells = [...Array<string>(before).fill(''), ...Array.from({ length: count }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`)]
  while (cells.length % 7) cells.push('')
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(7 * week, 7 * week + 7))
}

/** The month before or after: 2026-12 and 1 make 2027-01. */
export function monthBeside(month: string, by: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7)
}

export const counted = (value: number): string => value.toLocaleString('zh-CN')

/** "38%", "0.4%", "<0.1%": a part that is not nothing never looks like nothing. */
export function partOf(part: number, whole: number): string {
  if (!whole || !part) return '0%'
  const percent = (100 * part) / whole
  if (percent < 0.1) return '<0.1%'
  return `${percent < 10 && !Number.isInteger(percent) ? percent.toFixed(1) : Math.round(percent)}%`
}

/** Whom the platform took out: its `FilterCount` is how many are left after that (MASSSENDJOBFINISH). */
export const removedOf = (total: number, filtered: number): number => Math.max(0, total - filtered)

/** As the width of a bar. */
export const widthOf = (part: number, whole: number): string => `${whole ? Math.min(100, (100 * part) / whole) : 0}%`

/** Variants are spoken of by letters: 1 is A. */
export const letterOf = (variant: number): string => String.fromCharCode(64 + variant)
