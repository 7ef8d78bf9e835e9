import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import type { CampaignResult, ResultLift, ResultMetric, Results } from '../api/types'
import { setServerTime } from '../composables/useNow'
import { mountWithLinks } from '../test/links'
import { json, problem, Server } from '../test/server'
import CasePushed from './CasePushed.vue'
import ResultCampaign from './ResultCampaign.vue'
import ResultFollowers from './ResultFollowers.vue'
import ResultFunnel from './ResultFunnel.vue'
import ResultLifts from './ResultLifts.vue'
import ResultOverview from './ResultOverview.vue'
import ResultTable from './ResultTable.vue'
import ResultTiles from './ResultTiles.vue'
import ResultVariants from './ResultVariants.vue'
import ResultWeeks from './ResultWeeks.vue'

// What is drawn is the charts' own; here their numbers are read.
vi.mock('../charts', () => ({ init: () => ({ setOption: () => undefined, resize: () => undefined, dispose: () => undefined }) }))
vi.stubGlobal('ResizeObserver', class { observe(): void { return undefined } disconnect(): void { return undefined } })
vi.stubGlobal('matchMedia', () => ({ addEventListener: () => undefined, removeEventListener: () => undefined }))

let wrapper: VueWrapper
let server: Server

const metric = (id: string, name: string, over: Partial<ResultMetric> = {}): ResultMetric => ({
  id, name, english: id, stage: 'response', unit: 'count', formula: `${name}的口径`, notes: '', has_followers: false, ...over,
})
const METRICS = [
  metric('delivered', '已送达', { stage: 'reach' }),
  metric('read_rate', '阅读率', { stage: 'reading', unit: 'share' }),
  metric('chatters', '咨询人数', { has_followers: true }),
  metric('drawdown_fen', '提款金额', { stage: 'business', unit: 'fen' }),
  metric('unfollows', '72小时内取关', { stage: 'loss' }),
]
const figure = (id: string, value: number | null): Results['figures'][number] => ({ metric: id, value, part: null, whole: null })
const FIGURES = [figure('delivered', 1000), figure('read_rate', 0.0834), figure('chatters', 12), figure('drawdown_fen', 15_000_000), figure('unfollows', 0)]
const head: CampaignResult['campaign'] = { id: 7, name: '惠企贴息', goal: 'activate', metric: 'drawdowns', state: 'finished', started_at: '2026-11-24T02:00:00Z', titles: ['甲', '乙'] }
const lift = (over: Partial<ResultLift> = {}): ResultLift => ({
  effect: 'chat', sent: { part: 40, whole: 1000, share: 0.04 }, held: { part: 5, whole: 500, share: 0.01 }, value: 0.03, low: 0.01, high: 0.05, is_enough: true, is_clear: true, ...over,
})
const aResult = (over: Partial<CampaignResult> = {}): CampaignResult => ({
  campaign: head, metrics: METRICS, figures: FIGURES, reasons: [{ reason: 'opted_out', followers: 3 }], funnel: [{ metric: 'delivered', count: 1000 }, { metric: 'chatters', count: 12 }],
  lifts: [lift()], least_sample: 500, variants: [], contrasts: [], days: [{ day: '2026-11-24', values: { chatters: 12 } }], weeks: [], intents: [], gathered_at: '2026-11-25T02:00:00Z', read_until: '2026-11-25', ...over,
})
const someResults = (over: Partial<Results> = {}): Results => ({
  metrics: METRICS, figures: FIGURES, funnel: [], rows: [{ campaign: head, values: { delivered: 1000, read_rate: 0.0834, drawdown_fen: null } }], weeks: [], intents: [{ intent: 'loan_apply', label: '申请贷款', chats: 9 }],
  reasons: [], is_cut: false, ...over,
})

beforeEach(() => {
  server = new Server()
  setServerTime('2026-11-26T02:00:00Z')
})
afterEach(() => {
  wrapper.unmount()
  document.body.replaceChildren()
})

it('shows each figure in its stage with its definition, and whom it counts where somebody stands behind it', async () => {
  wrapper = mountWithLinks(ResultTiles, { metrics: METRICS, figures: FIGURES, mayLook: true })

  expect(wrapper.findAll('li').map((one) => one.find('.value').text())).toEqual(['1,000', '8.34%', '12', '15万', '0'])
  expect(wrapper.find('li').attributes('title')).toBe('已送达的口径')
  expect(wrapper.findAll('.look')).toHaveLength(1)
  await wrapper.find('.look').trigger('click')
  expect(wrapper.emitted('look')).toEqual([[METRICS[2]]])
})

it('offers no look at whom a sum of campaigns counts', () => {
  wrapper = mountWithLinks(ResultTiles, { metrics: METRICS, figures: FIGURES })

  expect(wrapper.find('.look').exists()).toBe(false)
})

it('tells of each step what part of the one before got there', () => {
  wrapper = mountWithLinks(ResultFunnel, { steps: [{ metric: 'delivered', count: 1000 }, { metric: 'chatters', count: 0 }, { metric: 'x', count: 0 }], metrics: METRICS })

  expect(wrapper.findAll('tbody tr').map((row) => row.findAll('td').map((cell) => cell.text()))).toEqual([['已送达', '1,000', '', ''], ['咨询人数', '0', '0.00%', '0.00%'], ['x', '0', '', '0.00%']])
})

it('says what the holdout shows, and of losses that more is worse', () => {
  wrapper = mountWithLinks(ResultLifts, { lifts: [lift(), lift({ effect: 'unfollow' }), lift({ effect: 'drawdown', is_enough: false }), lift({ effect: 'woken', is_clear: false })], least: 500 })

  expect(wrapper.findAll('.verdict').map((one) => [one.text(), one.classes()[1]])).toEqual([['更多', 'ok'], ['更多', 'bad'], ['样本不足', 'plain'], ['看不出差别', 'plain']])
  expect(wrapper.findAll('.verdict')[2]?.attributes('title')).toContain('500')
  expect(wrapper.text()).toContain('+1.00 ~ +5.00')
})

it('says so when nobody was held out', () => {
  wrapper = mountWithLinks(ResultLifts, { lifts: [lift({ held: { part: 0, whole: 0, share: null }, value: null, low: null, high: null })], least: 500 })

  expect(wrapper.text()).toContain('没有留对照组')
})

it('compares later variants with the first', () => {
  const parts = { first: { part: 10, whole: 1000, share: 0.01 }, other: { part: 30, whole: 1000, share: 0.03 }, value: 0.02, low: 0.01, high: 0.03, is_enough: true, is_clear: true }
  const variants = [{ number: 1, scene: 'm7v1', title: '甲', values: {} }, { number: 2, scene: 'm7v2', title: '乙', values: {} }]
  wrapper = mountWithLinks(ResultVariants, { variants, contrasts: [{ metric: 'chatters', number: 2, ...parts }, { metric: 'gone', number: 2, ...parts }], metrics: METRICS, least: 500 })

  expect(wrapper.findAll('thead th').map((one) => one.text())).toEqual(['指标', 'A · 甲', 'B · 乙', '相差（百分点）', '结论'])
  expect(wrapper.findAll('tbody tr').map((row) => row.text())).toHaveLength(1)
  expect(wrapper.find('tbody').text()).toContain('+2.00更多')
})

it('draws the weeks of the effect that is chosen', async () => {
  const line = (effect: 'chat' | 'drawdown', group: 'sent' | 'held', size: number) => ({ name: group, group, effect, size, shares: [0.1, 0.2] })
  wrapper = mountWithLinks(ResultWeeks, { lines: [line('chat', 'sent', 8), line('chat', 'held', 0), line('drawdown', 'sent', 8), line('drawdown', 'held', 2)] })

  expect(wrapper.findAll('tbody tr')).toHaveLength(1)
  await wrapper.find('select').setValue('drawdown')
  expect(wrapper.findAll('tbody tr').map((row) => row.find('td').text())).toEqual(['sent (8)', 'held (2)'])
})

it('shows one campaign with how fresh its figures are', () => {
  server.on('GET /api/results/campaigns/7/breakdown', () => json({ metrics: [], rows: [] }))
  wrapper = mountWithLinks(ResultCampaign, { result: aResult() })

  expect(wrapper.find('h1').text()).toBe('惠企贴息')
  expect(wrapper.text()).toContain('《甲》')
  expect(wrapper.text()).toContain('阅读数据到 2026-11-25')
  expect(wrapper.text()).toContain('已退订')
  expect(wrapper.text()).not.toContain('A/B 对比')
})

it('says what is not known yet, and of a campaign that has not begun nothing else', () => {
  server.on('GET /api/results/campaigns/7/breakdown', () => json({ metrics: [], rows: [] }))
  wrapper = mountWithLinks(ResultCampaign, { result: aResult({ gathered_at: null, read_until: null }) })
  expect(wrapper.find('.fresh').text()).toContain('次日8点以后')
  wrapper.unmount()

  wrapper = mountWithLinks(ResultCampaign, { result: aResult({ campaign: { ...head, started_at: null } }) })
  expect(wrapper.text()).toContain('还没有开始发送')
  expect(wrapper.find('.stage').exists()).toBe(false)
})

it('lists campaigns with their figures and leads to each', async () => {
  wrapper = mountWithLinks(ResultOverview, { wanted: { first: '2026-11-01', last: '2026-11-30' }, results: someResults({ is_cut: true }) })

  expect(wrapper.find('.campaigns tbody tr').text()).toContain('惠企贴息')
  expect(wrapper.findAll('.campaigns tbody td').map((one) => one.text())).toContain('—')
  expect(wrapper.find('[role=status]').exists()).toBe(true)
  expect(wrapper.find('.export').attributes('href')).toBe('/api/results/export?first=2026-11-01&last=2026-11-30')
  await wrapper.findAll('input')[1]?.setValue('2026-10-01')
  expect(wrapper.emitted('update:wanted')).toEqual([[{ first: '2026-10-01', last: '2026-10-01' }]])
  await wrapper.find('.spans button').trigger('click')
  expect(wrapper.emitted('update:wanted')?.[1]).toEqual([{ first: '2026-10-28', last: '2026-11-26' }])
})

it('says so when nothing began in these days', () => {
  wrapper = mountWithLinks(ResultOverview, { wanted: { first: '2026-11-01', last: '2026-11-30' }, results: someResults({ rows: [] }) })

  expect(wrapper.text()).toContain('没有开始发送的活动')
})

it('tells figures apart by what is chosen, without variants where there is one', async () => {
  const asked: string[] = []
  server.on('GET /api/results/campaigns/7/breakdown', ({ search }) => {
    asked.push(search)
    return json({ metrics: ['chatters'], rows: [{ key: '', name: '未知', values: { chatters: 3 } }] })
  })
  wrapper = mountWithLinks(ResultTable, { id: 7, metrics: METRICS, hasVariants: false })
  await flushPromises()

  expect(wrapper.find('tbody').text()).toBe('未知3')
  expect(wrapper.findAll('[role=tab]').map((one) => one.text())).toEqual(['网点', '产品', '日期'])
  await wrapper.findAll('[role=tab]')[1]?.trigger('click')
  await flushPromises()
  expect(asked).toEqual(['?by=branch', '?by=product'])
  expect(wrapper.find('header a').attributes('href')).toBe('/api/results/campaigns/7/breakdown/export?by=product')
})

it('says what went wrong when a breakdown cannot be read', async () => {
  server.on('GET /api/results/campaigns/7/breakdown', () => problem(403, 'not_allowed'))
  wrapper = mountWithLinks(ResultTable, { id: 7, metrics: METRICS, hasVariants: true })
  await flushPromises()

  expect(wrapper.find('[role=alert]').exists()).toBe(true)
})

it('reads whom a figure counts page by page, and leads to chats where it may', async () => {
  const follower = (id: number, chat: number | null) => ({ follower_id: id, label: `客户${id}`, firm_name: '陶记**', branch: '城南支行', at: '2026-11-24T03:00:00Z', conversation_id: chat })
  server.on('GET /api/results/campaigns/7/chatters/followers', ({ search }) =>
    json(search === '?after=0' ? { items: [follower(1, 41)], next: 1 } : { items: [follower(2, null)], next: null }),
  )
  wrapper = mountWithLinks(ResultFollowers, { id: 7, modelValue: null })
  await wrapper.setProps({ modelValue: METRICS[2] })
  await flushPromises()
  const dialog = (): string => document.querySelector('.el-dialog')?.textContent ?? ''

  expect(dialog()).toContain('咨询人数：是哪些客户')
  expect(dialog()).toContain('看会话')
  document.querySelector<HTMLButtonElement>('.more button')?.click()
  await flushPromises()
  expect(document.querySelectorAll('.el-dialog tbody tr')).toHaveLength(2)
  expect(document.querySelector('.more')).toBeNull()
})

it('tells the rep what the customer read, and how sure that is', () => {
  wrapper = mountWithLinks(CasePushed, { pushed: { campaign_id: 7, title: '惠企贴息', is_proven: true } })
  expect(wrapper.text()).toContain('来自推文《惠企贴息》')
  wrapper.unmount()

  wrapper = mountWithLinks(CasePushed, { pushed: { campaign_id: 7, title: '惠企贴息', is_proven: false } })
  expect(wrapper.text()).toContain('可能来自推文《惠企贴息》')
})
