/** Valid rows to start from; each test overrides what it is about. */
import type {
  CallTimes,
  Canned,
  DataRequest,
  Group,
  GroupText,
  Handoff,
  HandoffItem,
  KnowledgeItem,
  KnowledgeRow,
  KnowledgeVersion,
  Lesson,
  Line,
  Me,
  Reading,
} from '../api/types'

export const NOW = Date.parse('2026-03-10T06:00:00Z')
export const at = (seconds: number): string => new Date(NOW + seconds * 1000).toISOString()

export function anItem(over: Partial<HandoffItem> = {}): HandoffItem {
  return {
    id: 1,
    owner: 'active',
    version: 3,
    label: '陶先生',
    skill: 'loan',
    skill_name: '普惠专属服务代表',
    reason: '想申请贷款',
    priority: 0,
    rep: 'rep01',
    rep_name: '小钱',
    queued_at: at(-60),
    offered_at: null,
    offer_expires_at: null,
    accepted_at: at(-50),
    reply_due_at: null,
    wrap_up_until: null,
    closed_at: null,
    last_customer_at: at(-40),
    last_rep_at: null,
    last_text: '二三十万，周转半年',
    last_word_at: at(-40),
    unanswered: 1,
    unread: 0,
    rank: (NOW - 60_000) / 1000,
    serve_by: null,
    allowance: { left: 3, free: 2, closes_at: at(3600) },
    outcome: null,
    ...over,
  }
}

export function aLine(over: Partial<Line> = {}): Line {
  return {
    id: 10,
    speaker: 'customer',
    rep: null,
    kind: 'text',
    text: '你好',
    choices: [],
    detail: {},
    at: at(-40),
    client_key: null,
    delivery: null,
    delivery_reason: null,
    held_until: null,
    reading: null,
    ...over,
  }
}

export function aHandoff(over: Partial<Handoff> = {}): Handoff {
  return {
    item: anItem(),
    card: {
      summary: ['陶记餐饮', '金额30万元，期限6个月'],
      slots: [['金额', '30万元']],
      tried: ['贷款产品介绍'],
      reason: '想申请贷款',
      intent: '申请贷款',
      confidence: 0.93,
      products: [
        { id: 'jingying_kuaidai', name: '经营快贷', verdict: 'fits', reason: '信用类，满1年即可' },
        { id: 'wangdaitong', name: '网贷通', verdict: 'no', reason: '需要抵押' },
      ],
      guide: null,
      transfer: null,
      returned: null,
    },
    customer: {
      id: 5,
      label: '陶先生',
      identity_level: 3,
      firm_name: '陶记餐饮',
      contact: '陶*',
      phone: '138****1234',
      industry: '餐饮',
      branch: null,
      source: null,
      is_following: true,
      first_seen_at: at(-86400),
      past_contacts: 2,
      consents: [
        { purpose: 'service', granted: true, at: at(-600) },
        { purpose: 'marketing', granted: false, at: at(-60) },
      ],
    },
    window: { why: null, ends_at: null, is_invited: false, promised_at: null, rating_held: null },
    lines: [aLine()],
    outcome_note: null,
    has_earlier: false, pushed: null,
    ...over,
  }
}

export function someTimes(over: Partial<CallTimes> = {}): CallTimes {
  return {
    desk_name: '普惠专属服务代表',
    phone: '138****1234',
    reason: '想申请贷款',
    soonest_at: at(1800),
    soonest_label: '今天10:30',
    slots: [{ at: at(3600), label: '今天11:00-11:30' }],
    ...over,
  }
}

export function aMe(over: Partial<Me> = {}): Me {
  return { username: 'rep01', display_name: '小钱', role: 'rep', skills: ['loan'], capacity: 3, status: 'ready', branch: null, ...over }
}

export function aCanned(over: Partial<Canned> = {}): Canned {
  return { id: 'open', title: '开场', text: '您好，我是普惠服务代表。', kind: 'text', keywords: ['你好'], ...over }
}

export function aReading(over: Partial<Reading> = {}): Reading {
  return {
    parse_id: 5,
    intent: 'e_receipt',
    label: '电子回单',
    confidence: 0.62,
    verdict: 'answered',
    followed: null,
    right: null,
    right_label: null,
    ...over,
  }
}

export function aGroup(over: Partial<Group> = {}): Group {
  return {
    texts: [aText(), aText({ parse_id: 6, text: '那个单子呢，打我[已屏蔽]', count: 1 })],
    more_texts: 0,
    count: 4,
    customers: 3,
    last_at: at(-600),
    guesses: [{ intent: 'e_receipt', label: '电子回单', count: 4 }],
    followed: [{ followed: 'picked', intent: 'reconciliation', label: '银企对账', count: 2 }],
    suggestion: 'reconciliation',
    ...over,
  }
}

function aText(over: Partial<GroupText> = {}): GroupText {
  return {
    parse_id: 5,
    text: '那个单子',
    count: 3,
    guesses: [{ intent: 'e_receipt', label: '电子回单', share: 0.3 }],
    verdict: 'asked_back',
    model: 'm1',
    ...over,
  }
}

export function aLesson(over: Partial<Lesson> = {}): Lesson {
  return {
    id: 7,
    text: '那个对账单',
    original: '那个单子',
    guesses: [{ intent: 'e_receipt', label: '电子回单', share: 0.3 }],
    intent: 'reconciliation',
    label: '银企对账',
    state: 'proposed',
    proposed_by: 'trainer01',
    proposed_by_name: '何训练',
    proposed_at: at(-600),
    reviewed_by: null,
    reviewed_by_name: null,
    reviewed_at: null,
    reason: null,
    ...over,
  }
}

export function aDataRequest(over: Partial<DataRequest> = {}): DataRequest {
  return {
    id: 3,
    number: 'SQ20260310N00003',
    label: '客户A1B2',
    kind: 'show',
    state: 'open',
    created_at: at(-600),
    due_at: at(86_400 * 15),
    is_overdue: false,
    handled_by: null,
    handled_at: null,
    note: null,
    proof: null,
    told: null,
    ...over,
  }
}

export function aVersion(over: Partial<KnowledgeVersion> = {}): KnowledgeVersion {
  return {
    id: 11,
    number: 2,
    title: '京东卡',
    owner: '权益岗',
    source: '权益目录',
    regions: [],
    body: { questions: ['积分能不能换京东卡'], text: '现在换不了。', choices: [] },
    effective_from: '2026-03-01',
    effective_until: null,
    state: 'submitted',
    is_live: false,
    author: 'marketer01',
    author_name: '陈运营',
    authored_at: at(-600),
    submitted_at: at(-300),
    reviewer: null,
    reviewer_name: null,
    reviewed_at: null,
    reason: null,
    copied_from: null,
    content_hash: 'a'.repeat(64),
    ...over,
  }
}

export function aKnowledgeItem(over: Partial<KnowledgeItem> = {}): KnowledgeItem {
  return { kind: 'faq', key: 'jd_card', live: null, versions: [aVersion()], acts: [], ...over }
}

export function aKnowledgeRow(over: Partial<KnowledgeRow> = {}): KnowledgeRow {
  return {
    kind: 'faq',
    key: 'jd_card',
    title: '京东卡',
    owner: '权益岗',
    excerpt: '现在换不了。',
    number: 2,
    state: 'submitted',
    live: null,
    regions: [],
    effective_from: '2026-03-01',
    effective_until: null,
    author_name: '陈运营',
    changed_at: at(-300),
    ...over,
  }
}
