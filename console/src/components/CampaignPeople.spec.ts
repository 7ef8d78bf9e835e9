import { DOMWrapper, flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'

import type { Campaign, CampaignAct } from '../api/types'
import { useMe } from '../stores/me'
import { aCampaign, aProgress } from '../test/campaignSamples'
import { aCampaignServer, aFollower, aWhy } from '../test/massSamples'
import { type Mounted, renderAt } from '../test/renderAt'
import { aMe, at } from '../test/samples'
import { json, type Server } from '../test/server'
import CampaignsView from '../views/CampaignsView.vue'

const body = new DOMWrapper(document.body)
let mounted: Mounted
let server: Server
afterEach(() => mounted.wrapper.unmount())

const aRow = (id: number, over = {}) => ({ follower_id: id, label: `客户${id}`, firm_name: '庐州市**公司', phone: '138****2222', branch: '鼓楼支行', reason: null, variant: 1, chunk: 2, ...over })

async function shown(tab: string, over: Partial<Campaign> = {}): Promise<VueWrapper> {
  useMe().user = aMe({ role: 'supervisor', username: 'supervisor01' })
  const one = aCampaign({ state: 'running', planned_at: at(-600), ...over })
  server = aCampaignServer(one, aProgress({ state: one.state }))
  server.on('GET /api/campaigns/7/recipients', ({ search }) =>
    json(search.includes('after') ? { items: [aRow(3)], next: null } : search.includes('opted_out') ? { items: [aRow(9, { reason: 'opted_out' })], next: null } : { items: [aRow(1), aRow(2)], next: 2 }),
  )
  mounted = await renderAt('/campaigns/7', CampaignsView)
  await flushPromises()
  const button = mounted.wrapper.findAll('.one > .tabs [role="tab"]').find((one) => one.text() === tab)
  await button?.trigger('click')
  await flushPromises()
  return mounted.wrapper
}

it('lists who is sent it, masked, page by page', async () => {
  const wrapper = await shown('名单')
  expect(wrapper.get('.people').text()).toContain('138****2222')
  expect(wrapper.findAll('.people tbody tr')).toHaveLength(2)

  await wrapper.get('.more').trigger('click')
  await flushPromises()

  expect(wrapper.findAll('.people tbody tr')).toHaveLength(3)
  expect(wrapper.find('.more').exists()).toBe(false)
})

it('lists those left out for one reason; who was dropped later is marked', async () => {
  const wrapper = await shown('名单')
  const reasons = wrapper.findAll('.reasons button')
  expect(reasons.map((one) => one.text())).toEqual(['会收到 / 已收到50,000', '全行对照组2,500', '已退订300'])

  await reasons[2]?.trigger('click')
  await flushPromises()

  expect(server.to('/api/campaigns/7/recipients').at(-1)?.search).toBe('?reason=opted_out')
  expect(wrapper.get('.people tbody').text()).toContain('圈定后剔除')
})

it('tells why a follower of the list is left out, condition by condition', async () => {
  const wrapper = await shown('名单')
  server.on('GET /api/campaigns/7/why', () => json(aWhy({ is_planned: true, at: at(-600) })))

  await wrapper.get('.people tbody button').trigger('click')
  await flushPromises()

  expect(server.to('/api/campaigns/7/why')[0]?.search).toBe('?follower_id=1')
  expect(body.get('.verdict').text()).toBe('没有发：已退订')
  expect(body.get('.why li').text()).toContain('实际：2024-11-02 · 来源：支行名单 · 2026-03-01')
})

it.each([
  [{ is_in: false }, '不在人群里'],
  [{ reason: null, variant: 2 }, '会收到版本 B'],
  [{ reason: null, variant: 1, is_planned: true, chunk: 2, chunk_state: 'accepted' as const }, '在第 2 批（已提交），版本 A'],
  [{}, '不会收到：已退订'],
])('finds a customer and says what becomes of him: %o', async (over, words) => {
  const wrapper = await shown('名单', { state: 'in_review', planned_at: null })
  server.on('GET /api/audience/followers', () => json({ items: [aFollower({ is_following: false })] })).on('GET /api/campaigns/7/why', () => json(aWhy(over)))
  await wrapper.get('.people .top .button').trigger('click')
  await flushPromises()
  await body.get('.find input').setValue('2222')
  await body.get('.find').trigger('submit')
  await flushPromises()
  expect(body.get('.found').text()).toContain('已取消关注')

  await body.get('.found button').trigger('click')
  await flushPromises()

  expect(body.get('.verdict').text()).toBe(words)
})

it('says when nobody is found', async () => {
  const wrapper = await shown('名单', { state: 'in_review', planned_at: null })
  server.on('GET /api/audience/followers', () => json({ items: [] }))
  await wrapper.get('.people .top .button').trigger('click')
  await flushPromises()
  await body.get('.find input').setValue('没有这个')
  await body.get('.find').trigger('submit')
  await flushPromises()

  expect(body.get('.found').text()).toBe('没有找到')
})

it('tells who did what, saves in a row as one line', async () => {
  const act = (name: string, over: Partial<CampaignAct> = {}): CampaignAct => ({ at: at(-60), username: 'marketer01', name: '何营销', act: name, reason: null, facts: {}, ...over })
  const items = [act('created'), act('saved'), act('saved'), act('approved', { username: 'reviewer01', name: '孟审核' }), act('chunk_retried', { facts: { chunk: 2 } }), act('planned', { username: 'system' }), act('something_new', { reason: '试试' })]
  await shown('进度')
  server.on('GET /api/campaigns/7/acts', () => json({ items }))
  await mounted.wrapper.findAll('.one > .tabs [role="tab"]').at(-1)?.trigger('click')
  await flushPromises()

  const lines = mounted.wrapper.findAll('.body ol li').map((one) => one.findAll('strong, span, q').map((part) => part.text()).join(' '))
  expect(lines).toEqual(['something_new 何营销 试试', '圈定名单 系统', '重新发送一批 第 2 批 何营销', '审批通过 孟审核', '修改 2 次 何营销', '新建 何营销'])
})
