/** Valid rows of the board, alerts, rules and rosters to start from; each test overrides what it is about. */
import type { Alert, Board, BoardFigures, DeskSettings, RepNow, Roster, RosterRow, WaitingNow } from '../api/types'
import { at } from './samples'

export const noFigures: BoardFigures = { arrivals: 0, answered: 0, in_time: 0, abandoned: 0, service_level: null, answer_rate: null, abandon_rate: null }

export function aRep(over: Partial<RepNow> = {}): RepNow {
  return {
    username: 'rep01', display_name: '小钱', role: 'rep', skills: ['loan'], status: 'ready', status_since: at(-600), is_on_shift: true,
    shift_ends_at: at(3600), away_until: null, is_connected: true, load: 1, capacity: 3, wrapping: 0, missed: 0, declined: 0,
    chats: [{ id: 7, label: '陶先生', skill: 'loan', is_offer: false, accepted_at: at(-300), waiting_since: at(-90) }],
    ...over,
  }
}

export function aWaiting(over: Partial<WaitingNow> = {}): WaitingNow {
  return { id: 9, label: '周老板', skill: 'loan', priority: 0, queued_at: at(-75), offered_to: null, ...over }
}

export function aBoard(over: Partial<Board> = {}): Board {
  const desk = { skill: 'loan', name: '普惠专属服务代表', is_open: true, waiting: 1, longest_wait_s: 75, active: 1, ready: 1, lately: noFigures, today: noFigures }
  return { at: at(0), desks: [desk], reps: [aRep()], waiting: [aWaiting()], total: noFigures, chart: [], ...over }
}

export function anAlert(over: Partial<Alert> = {}): Alert {
  return {
    id: 1, kind: 'long_wait', state: 'open', skill: 'loan', skill_name: '普惠专属服务代表', rep: null, conversation_id: 9,
    figures: { wait_s: 130, limit_s: 120 }, raised_at: at(-10), seen_at: null, seen_by: null, closed_at: null, closed_by: null, ends_by_hand: false,
    ...over,
  }
}

export function aDesk(over: Partial<DeskSettings> = {}): DeskSettings {
  const rules = {
    strategy: 'longest_idle' as const, order: 'waiting' as const, weight: 1, offer_s: 20, misses_before_break: 2, dedicated_wait_s: 60,
    last_rep_wait_s: 40, overflow_to: 'general', overflow_after_s: 60, first_reply_s: 60, wrap_up_s: 30,
  }
  const thresholds = { wait_s: 120, service_level_percent: 60, nobody_ready: true }
  return { desk: 'loan', name: '普惠专属服务代表', number: 0, rules, thresholds, default_rules: rules, default_thresholds: thresholds, last_change: null, ...over }
}

export function aRow(over: Partial<RosterRow> = {}): RosterRow {
  return {
    username: 'rep01', display_name: '小钱', role: 'rep', version: 4, skills: ['loan'], capacity: 5, customers: 2,
    shifts: [{ template: 'day', on: '2026-03-10', starts_at: '2026-03-10T01:00:00Z', ends_at: '2026-03-10T09:30:00Z' }],
    absences: [],
    ...over,
  }
}

export function aRoster(over: Partial<Roster> = {}): Roster {
  return {
    monday: '2026-03-09',
    templates: [{ id: 'day', name: '常日班', starts: '09:00', ends: '17:30' }, { id: 'late', name: '晚班', starts: '12:30', ends: '20:30' }],
    skills: [['loan', '普惠专属服务代表'], ['ebank', '网银服务代表']],
    reps: [aRow(), aRow({ username: 'rep02', display_name: '小周', version: 1, shifts: [] })],
    ...over,
  }
}
