import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { conditionOn, editable, withOp, withPart } from '../audience'
import { render } from '../test/render'
import { json, problem, Server } from '../test/server'
import AudienceEditor from './AudienceEditor.vue'
import AudienceImport from './AudienceImport.vue'

const points = { name: 'points', label: '积分余额', group: '客户特征', kind: 'number', unit: '分', ops: ['at_least', 'at_most', 'between'], choices: [], is_trait: true } as const
const level = { name: 'level', label: '客户等级', group: '客户特征', kind: 'choice', unit: '', ops: ['any_of', 'none_of'], choices: [{ id: '金卡', label: '金卡' }, { id: '银卡', label: '银卡' }], is_trait: true } as const
const inSegment = { name: 'segment', label: '客群', group: '名单和客群', kind: 'segments', unit: '', ops: ['any_of', 'none_of'], choices: [{ id: '7', label: '自己' }, { id: '8', label: '新开户' }], is_trait: false } as const
const ofPoints = { ...points, ops: [...points.ops], choices: [] }
const ofLevel = { ...level, ops: [...level.ops], choices: [...level.choices] }
const fields = [ofPoints, ofLevel, { ...inSegment, ops: [...inSegment.ops], choices: [...inSegment.choices] }]
const rule = { op: 'all', of: [{ field: 'points', op: 'at_least', value: 100 }] }
const kept = { id: 7, name: '高积分', shipped: false, rule, words: '', is_profiling: true, expires_on: null, has_expired: false, version: 3, changed_by: 'marketer01', changed_at: '2026-11-24T02:00:00Z', size: null, reachable: null, counted_at: null }

let server: Server
let wrapper: VueWrapper

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  server = new Server()
  server.on('POST /api/audience/look', () => json({ flaws: [], words: '积分余额不低于100分', size: 1234, reachable: 1000, is_profiling: true }))
})

afterEach(() => {
  wrapper.unmount()
  document.body.replaceChildren()
  vi.useRealTimers()
})

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(400)
  await flushPromises()
}

async function edit(over: Record<string, unknown> = {}): Promise<void> {
  wrapper = render(AudienceEditor, { segment: kept, draft: kept, fields, canWrite: true, ...over })
  await settle()
}

const button = (name: string) => wrapper.findAll('button').find((one) => one.text() === name)
const looks = () => server.to('/api/audience/look').map((one) => one.body?.rule)

it('counts anew a moment after the last change, and tells the rule in words', async () => {
  await edit()
  expect(wrapper.text()).toContain('1,234')
  expect(wrapper.find('.words').text()).toBe('积分余额不低于100分')

  await wrapper.find('input[aria-label="积分余额"]').setValue('200')
  await wrapper.find('input[aria-label="积分余额"]').setValue('2000')
  await settle()

  expect(looks()).toEqual([rule, { op: 'all', of: [{ field: 'points', op: 'at_least', value: 2000 }] }])
})

it('shows each flaw at its condition and keeps nothing until there is none', async () => {
  server.on('POST /api/audience/look', () => json({ flaws: [{ path: 'of.0', text: '积分余额：请填数字' }], words: null, size: null, reachable: null, is_profiling: false }))
  await edit()

  expect(wrapper.find('.condition .flaw').text()).toBe('积分余额：请填数字')
  expect((button('保存')?.element as HTMLButtonElement).disabled).toBe(true)
})

it('builds groups in groups, and choices of segments are numbers without the segment itself', async () => {
  await edit()
  await button('＋ 条件组')?.trigger('click')
  const inner = wrapper.findAll('.group')[1]
  await inner?.find('.condition select').setValue('segment')
  const boxes = inner?.findAll('input[type="checkbox"]') ?? []
  expect(inner?.find('.list').text()).toBe('新开户')
  await boxes[0]?.setValue(true)
  await settle()

  expect(looks().at(-1)).toEqual({ op: 'all', of: [rule.of[0], { op: 'any', of: [{ field: 'segment', op: 'any_of', value: [8] }] }] })
})

it('asks for past pushes by their numbers', async () => {
  const pushed = { name: 'pushed', label: '收到过推送', group: '推送记录', kind: 'pushes', unit: '', ops: ['any_of', 'none_of'], choices: [{ id: '12', label: '惠企贴息' }], is_trait: false }
  await edit({ fields: [...fields, pushed] })
  await wrapper.find('.condition select').setValue('pushed')
  await wrapper.find('.condition input[type="checkbox"]').setValue(true)
  await settle()

  expect(wrapper.text()).toContain('一个都没有')
  expect(looks().at(-1)).toEqual({ op: 'all', of: [{ field: 'pushed', op: 'any_of', value: [12] }] })
})

it('saves the version that was looked at', async () => {
  server.on('PUT /api/audience/segments/7', () => json({ ...kept, version: 4 }))
  await edit()

  await wrapper.find('form').trigger('submit')
  await settle()

  expect(server.to('/api/audience/segments/7')[0]?.body).toEqual({ name: '高积分', rule, expires_on: null, version: 3 })
  expect(wrapper.emitted('kept')?.[0]).toEqual([{ ...kept, version: 4 }])
})

it('leaves a segment of the release as it is', async () => {
  await edit({ segment: { ...kept, shipped: true } })

  expect(button('保存')).toBeUndefined()
  expect(button('复制一份')).toBeDefined()
  expect((wrapper.find('fieldset').element as HTMLFieldSetElement).disabled).toBe(true)
})

it('tells why a customer of the sample is in', async () => {
  const person = { id: 5, label: '客户A1', firm: '合肥**有限公司', phone: '138****1234', branch: '鼓楼支行', industry: '餐饮', is_following: true, has_opted_out: false }
  server.on('POST /api/audience/sample', () => json({ items: [person] }))
  server.on('GET /api/audience/segments/7/because/5', () =>
    json({ is_in: true, follower: person, items: [{ path: 'of.0', words: '积分余额不低于100分', holds: true, value: '300分', source: '名单“鼓楼”', as_of: null }] }),
  )
  await edit()
  await button('抽样看 20 人')?.trigger('click')
  await settle()
  await wrapper.find('button[aria-label="合肥**有限公司为什么在或不在"]').trigger('click')
  await settle()

  expect(wrapper.find('.is-in').text()).toBe('合肥**有限公司在这个客群里')
  expect(wrapper.text()).toContain('实际：300分（来源：名单“鼓楼”）')
})

const list = { id: 3, name: '鼓楼重点', purpose: '提质', basis: 'consent', branch: '鼓楼支行', expires_on: '2026-12-31', has_expired: false, file_name: 'a.csv', size: 9, state: 'mapping', problem: null, rows_total: 100, rows_done: 0, eta_s: null, counts: {}, flawed_values: 0, created_by: 'marketer01', created_at: '2026-11-24T02:00:00Z', committed_by: null, committed_at: null, ended_at: null, look: { header: ['手机', '等级'], rows: [['138****0001', '金卡']], mapping: ['', 'level'] } }
const targets = { identities: [{ id: 'phone', label: '手机号码' }, { id: 'contact', label: '联系人' }], traits: [{ id: 'level', label: '客户等级' }], branches: ['鼓楼支行'], part_bytes: 10, max_bytes: 100 }

async function open(over: Record<string, unknown> = {}): Promise<void> {
  server.on('GET /api/audience/columns', () => json(targets))
  server.on('GET /api/audience/lists/3', () => json({ ...list, ...over }))
  wrapper = render(AudienceImport, { id: 3, canWrite: true })
  await settle()
}

it('wants one column that tells who it is before it checks', async () => {
  server.on('POST /api/audience/lists/3/columns', () => json({ ...list, state: 'checking' }))
  await open()
  const check = () => (button('开始核对')?.element as HTMLButtonElement).disabled
  expect(check()).toBe(true)

  await wrapper.find('select[aria-label="“手机”这一列是"]').setValue('phone')
  expect(check()).toBe(false)
  await wrapper.find('form').trigger('submit')
  await settle()

  expect(server.to('/api/audience/lists/3/columns')[0]?.body).toMatchObject({ mapping: ['phone', 'level'] })
})

it('follows the check with what is left, and offers the verdicts before the commit', async () => {
  await open({ state: 'checking', rows_done: 40, eta_s: 12, look: null })
  expect(wrapper.find('[role="status"]').text()).toContain('已核对 40 / 100 行。 大约还要 12 秒。')

  server.on('GET /api/audience/lists/3', () => json({ ...list, state: 'checked', rows_done: 100, counts: { matched: 88, bad_phone: 12 } }))
  await vi.advanceTimersByTimeAsync(1600)
  await flushPromises()

  expect(wrapper.find('.verdicts').text()).toContain('进入名单 88')
  expect(wrapper.find('a[href$="kind=xlsx"]').exists()).toBe(true)
  server.on('POST /api/audience/lists/3/commit', () => problem(409, 'list_state_conflict', { state: 'duplicate' }))
  await button('确认生效')?.trigger('click')
  await settle()
  expect(document.body.textContent).toContain('名单的状态已经变了，或同一份文件已经生效，请刷新再看。')
})

it('says why a file could not be read', async () => {
  await open({ state: 'failed', problem: 'encoding', look: null })

  expect(wrapper.find('[role="alert"]').text()).toContain('请另存为 UTF-8 或 GBK')
})

it('keeps a value while its shape fits the comparison, and drops it when it does not', () => {
  wrapper = render({ template: '<i />' })
  const numbered = withOp(ofPoints, { field: 'points', op: 'at_least', value: 5 }, 'at_most')
  expect(numbered).toEqual({ field: 'points', op: 'at_most', value: 5 })
  expect(withOp(ofPoints, numbered, 'between')).toEqual({ field: 'points', op: 'between', value: ['', ''] })
  expect(conditionOn(ofLevel)).toEqual({ field: 'level', op: 'any_of', value: [] })
  expect(withPart({ op: 'all', of: [numbered] }, 0, null)).toEqual({ op: 'all', of: [] })
  expect(editable({ field: 'points', op: 'at_least', value: 1 })).toEqual({ op: 'all', of: [{ field: 'points', op: 'at_least', value: 1 }] })
})
