/** Follow-ups and leads to start from; each test overrides what it is about. */
import type { Followup, FollowupSheet, LeadDetail } from '../api/types'
import { at } from './samples'

export function aFollowup(over: Partial<Followup> = {}): Followup {
  return {
    id: 5,
    label: '客户A1B2',
    firm: null,
    kind: 'new_account_d1',
    segment: 'new_account',
    segment_name: '新开户回访',
    state: 'open',
    priority: 1,
    skill: 'ebank',
    owner: null,
    owner_name: null,
    reason: '新开户：核对联系电话',
    phone: '138****1234',
    due_at: at(600),
    slot_at: null,
    is_overdue: false,
    is_missed: false,
    tries: 0,
    kept_on_time: null,
    outcome: null,
    done_at: null,
    conversation_id: null,
    ...over,
  }
}

export function aSheet(over: Partial<FollowupSheet> = {}): FollowupSheet {
  const tip = { id: 'tip_lend', label: '出租出借账户、刷流水都是骗局', say: 'U盾和密码千万别给别人。', must: true, teaches: false, is_ticked: false, is_carried: false }
  const answers = [
    { label: '灯亮', next: 'not_activated' },
    { label: '灯不亮', next: 'no_reaction' },
  ]
  const tree = {
    id: 'ukey',
    first: 'light',
    questions: [{ id: 'light', text: '把U盾插上电脑，灯亮吗？', answers }],
  }
  return {
    item: aFollowup(),
    customer_id: 8,
    referral: { ask: '回访事由：新开户：核对联系电话', branch: '鼓楼支行', number: null },
    customer: { label: '客户A1B2', ask_for: '王总', contact: '王*', firm_name: '合肥**有限公司', industry: null, branch: null, is_proved: false },
    is_elder: false,
    steps: [
      { id: 'verify', kind: 'verify', title: '核实本人', say: '请问是王总吗？', picks_one: false, is_shut: false, items: [], tree: null },
      { id: 'tip', kind: 'tip', title: '防诈提醒', say: '先跟您提个醒。', picks_one: false, is_shut: true, items: [tip], tree: null },
      { id: 'solve', kind: 'solve', title: '解决问题', say: '您别急。', picks_one: false, is_shut: false, items: [], tree },
    ],
    missing: ['确认是本人', tip.label],
    attempts: [],
    past: [],
    diagnosis: null,
    suggestions: [at(86_400)],
    talked_s: 0,
    ...over,
  }
}

export function aLead(over: Partial<LeadDetail['item']> = {}): LeadDetail {
  return {
    item: {
      id: 9,
      label: '客户A1B2',
      firm_name: '陶记餐饮',
      product: 'any',
      product_name: null,
      stage: 'enquiry',
      lost_reason: null,
      amount_fen: null,
      summary: '餐饮',
      source: null,
      owner: null,
      owner_name: null,
      conversation_id: 1,
      opened_at: at(-600),
      changed_at: at(-60),
      ...over,
    },
    need: [
      { name: 'industry', value: 'catering', text: '餐饮', by: 'customer', by_name: null },
      { name: 'amount', value: [20_000_000, 30_000_000], text: '20万–30万元', by: 'customer', by_name: null },
      { name: 'urgency', value: null, text: null, by: null, by_name: null },
    ],
    stages: [{ stage: 'enquiry', at: at(-600), actor: 'customer', actor_name: null, evidence: null }],
    next_stages: ['applied', 'approval', 'drawing', 'paid', 'lost'],
    allows_marketing: false,
  }
}
