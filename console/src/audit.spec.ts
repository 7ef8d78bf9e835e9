import { expect, it } from 'vitest'

import type { AuditAct } from './api/types'
import { reasonOf, thingOf } from './audit'
import { i18n } from './i18n'
import { at } from './test/samples'

const { t, te } = i18n.global
const anAct = (over: Partial<AuditAct>): AuditAct => ({
  id: 1, at: at(0), username: 'rep01', act: 'customer.unmasked', object_kind: 'conversation', object_id: 7, follower_id: 2, reason: '', request_id: 'r1', ...over,
})
const nameOf = (username: string): string => ({ rep04: '小郑' })[username] ?? username

it.each([
  [{ object_kind: 'conversation', object_id: 7 }, '会话 7'],
  [{ object_kind: 'staff:rep04', object_id: null }, '员工 小郑'],
  [{ object_kind: 'desk:loan', object_id: 3 }, '技能组 loan'],
  [{ object_kind: 'report', object_id: null }, '报表'],
  [{ object_kind: 'something_new', object_id: 3 }, 'something_new 3'],
])('names what an act was about (%#)', (over, words) => {
  expect(thingOf(anAct(over), t, te, nameOf)).toBe(words)
})

it('says which field was unmasked, in words', () => {
  expect(reasonOf(anAct({ reason: 'phone: 回电核对' }), t)).toBe('电话：回电核对')
  expect(reasonOf(anAct({ reason: '监管来函' }), t)).toBe('监管来函')
})
