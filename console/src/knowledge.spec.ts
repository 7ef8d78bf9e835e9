import { expect, it } from 'vitest'

import type { KnowledgeKind } from './api/types'
import { bodyOf, formOf, linesOf } from './knowledge'
import { aVersion } from './test/samples'

const PRODUCT = {
  kind: '信用',
  pitch: '纯信用',
  annual_rate_bp: 345,
  max_amount_yuan: 5000000,
  max_term_months: 12,
  min_years: 1,
  needs_collateral: false,
  needs: ['营业执照满1年', '征信良好'],
  condition: null,
  industries: [],
  costs: '无',
  how: '手机银行',
  guide: 'loan_apply',
  is_sample: true,
}
const GUIDE = { steps: [{ text: '登录', stuck: '找客服', faults: [{ words: ['密码', '锁'], answer: '重设' }] }], done: '好了' }
const BIND = { id: 'identity:bind', text: '去绑定企业', url: '{bind_url}' }
const ANSWER = { text: '您好', choices: [{ id: 'ask:loan_apply', text: '申请贷款' }, BIND] }

it.each<[KnowledgeKind, Record<string, unknown>]>([
  ['product', PRODUCT],
  ['guide', GUIDE],
  ['guide', { ...GUIDE, steps: [{ ...GUIDE.steps[0], picture: 'loan_apply_menu' }] }],
  ['answer', ANSWER],
  ['faq', { questions: ['怎么办', '咋办'], ...ANSWER }],
])('gives a %s back as it came when nobody edits it', (kind, body) => {
  expect(bodyOf(kind, formOf(body))).toEqual(body)
})

it('makes a form of whatever a draft holds', () => {
  expect(formOf({ text: 1, questions: 'x', choices: [3], steps: null })).toMatchObject({ text: '1', questions: '', choices: [], steps: [] })
})

it('leaves a number that is not there to the server to object to', () => {
  expect(bodyOf('product', formOf({}))).toMatchObject({ annual_rate_bp: null, needs: [], guide: null })
})

it('tells a version in lines that can be compared', () => {
  const lines = linesOf(aVersion({ body: { questions: ['甲', '乙'], text: '一\n二', choices: [{ id: 'ask:x', text: '看' }, BIND] } }), (name) => name)

  expect(lines).toEqual([
    'title：京东卡',
    'owner：权益岗',
    'source：权益目录',
    'effective_from：2026-03-01',
    'questions 1：甲',
    'questions 2：乙',
    'text：一',
    'text：二',
    'choices 1：看 → ask:x',
    'choices 2：去绑定企业 → identity:bind · url：{bind_url}',
  ])
})
