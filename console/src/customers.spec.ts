import { expect, it } from 'vitest'

import { placeOf, titleOf } from './customers'
import { i18n } from './i18n'
import { anEntry } from './test/customerSamples'

const { t, te } = i18n.global
const title = (over: Parameters<typeof anEntry>[0]): string => titleOf(anEntry(over), t as never, te as never, (tag) => `<${tag}>`)

it.each([
  [{ what: 'chat', facts: { state: 'closed' } }, '人工接待'],
  [{ what: 'chat', facts: { state: 'bot' } }, '智能客服接待'],
  [{ what: 'rating', facts: { stars: 5 } }, '评价 5 分'],
  [{ what: 'complaint.filed', facts: { ticket: 'TS1' } }, '投诉 TS1'],
  [{ what: 'referral.answered', facts: { branch: '鼓楼支行' } }, '鼓楼支行答复'],
  [{ what: 'consent', facts: { granted: false, purpose: 'marketing' } }, '不同意营销信息'],
  [{ what: 'bank_fact', facts: { type: 'drawdown_paid', amount_fen: 3_000_000 } }, '贷款到账 3万 元'],
  [{ what: 'bank_fact', facts: { type: 'new_thing', amount_fen: null } }, '银行通知：new_thing'],
  [{ what: 'campaign', facts: { name: '惠企贴息', reason: null, state: 'finished' } }, '群发《惠企贴息》：已发送'],
  [{ what: 'campaign', facts: { name: '惠企贴息', reason: null, state: 'planned' } }, '群发《惠企贴息》：待发送'],
  [{ what: 'campaign', facts: { name: '惠企贴息', reason: 'cap_week', state: null } }, '群发《惠企贴息》：未发送（七天内已发过营销）'],
  [{ what: 'tag', facts: { tag: 'seasonal', is_off: true } }, '标签“<seasonal>”已取消'],
])('names what happened: %j', (over, told) => {
  expect(title(over)).toBe(told)
})

it('leads to its thing, where there is one and it may be opened', () => {
  expect(placeOf(anEntry({ link: null }))).toBeNull()
  expect(placeOf(anEntry({ link: { page: 'desk', id: 9 } }))).toEqual({ name: 'desk', params: { id: 9 } })
  expect(placeOf(anEntry({ link: { page: 'referrals', id: 3 }, facts: { state: 'sent' } }))).toEqual({
    name: 'referrals',
    query: { state: 'sent', id: 3 },
  })
})
