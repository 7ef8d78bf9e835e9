/** Valid customers and what belongs to them, to start from; each test overrides what it is about. */
import type { Complaint, CustomerRow, Profile, Referral, TimelineEntry } from '../api/types'
import { at } from './samples'

export function aCustomerRow(over: Partial<CustomerRow> = {}): CustomerRow {
  return {
    id: 5, label: '陶先生', firm_id: 'F00001', firm_name: '陶家小馆餐饮有限公司', contact: '陶*', phone: '138****5678', industry: '餐饮',
    branch: '鼓楼支行', identity_level: 3, is_following: true, last_seen_at: at(-60), is_his: true, ...over,
  }
}

export function aProfile(over: Partial<Profile> = {}): Profile {
  return {
    customer: aCustomerRow(), source: null, first_seen_at: at(-86400), dedicated_rep: '小钱', last_rep: '小周', contacts: [], consents: [],
    tags: [], tasks: [], complaints: [], referrals: [], chats: 3, chat: 9, is_open: false, ...over,
  }
}

export function anEntry(over: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    key: 'note:1', kind: 'note', what: 'note', at: at(-60), customer_id: 5, label: '陶先生', by: '小钱', words: '下周联系', facts: {}, link: null, ...over,
  }
}

export function aReferral(over: Partial<Referral> = {}): Referral {
  return {
    id: 3, number: 'ZJ20260310N00003', state: 'sent', customer_id: 5, label: '陶先生', firm_name: '陶家小馆餐饮有限公司', phone: '138****5678',
    branch: '鼓楼支行', reason: 'sign_up', ask: '请上门签代发', sent_by: '小钱', sent_at: at(-3600), due_at: at(3600), is_late: false,
    accepted_name: null, accepted_at: null, answer: null, answered_at: null, return_reason: null, returned_at: null, closed_by: null,
    closed_at: null, ...over,
  }
}

export function aComplaint(over: Partial<Complaint> = {}): Complaint {
  return {
    id: 7, ticket: 'TS202603100001', label: '陶先生', phone: '138****5678', state: 'open', text: '踢皮球', about_rep: 'rep02', handler: null,
    conversation_id: 9, filed_at: at(-3600), limit_days: 15, due_on: '2026-03-25', days_left: 15, is_extension_asked: false,
    extension_reason: null, extension_asked_by: null, extended_by: null, result: null, told_by: null, closed_by: null, closed_at: null,
    opinion: null, customer_id: 5, firm_name: '陶家小馆餐饮有限公司', about_name: '小周', handler_name: null, may_handle: true, notes: 0, ...over,
  }
}
