import { DOMWrapper, flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'

import type { CampaignRow, Me } from '../api/types'
import { useCampaignNews } from '../composables/useCampaignNews'
import { useMe } from '../stores/me'
import { aCampaign, aCampaignRow } from '../test/campaignSamples'
import { aCampaignServer } from '../test/massSamples'
import { type Mounted, renderAt } from '../test/renderAt'
import { aMe } from '../test/samples'
import { json, type Server } from '../test/server'
import CampaignsView from '../views/CampaignsView.vue'

const body = new DOMWrapper(document.body)
let mounted: Mounted
let server: Server

afterEach(() => mounted.wrapper.unmount())

async function shown(rows: CampaignRow[], role: Me['role'] = 'marketer', next: string | null = null): Promise<VueWrapper> {
  useMe().user = aMe({ role, username: `${role}01` })
  server = aCampaignServer()
  server.on('GET /api/campaigns', (asked) =>
    json(asked.search.includes('cursor') ? { items: [aCampaignRow({ id: 8, name: '第二页' })], next: null, counts: { running: 2 } } : { items: rows, next, counts: { running: 1, draft: 2 } }),
  )
  mounted = await renderAt('/campaigns', CampaignsView)
  await flushPromises()
  return mounted.wrapper
}

it('shows how far a push is, and whose word it has', async () => {
  const wrapper = await shown([aCampaignRow()])

  expect(wrapper.find('tbody tr').text()).toContain('20,000 / 50,000 人')
  expect(wrapper.find('tbody tr').text()).toContain('《贷款贴息怎么申请》')
  expect(wrapper.find('.bar i').attributes('style')).toContain('40%')
  expect(wrapper.find('td.who').text()).toContain('孟审核')
})

it('filters by state with its counts', async () => {
  const wrapper = await shown([aCampaignRow()])
  const chips = wrapper.findAll('.states .chip')
  expect(chips.map((one) => one.text())).toEqual(['全部 3', '草稿 2', '发送中 1'])

  await chips[1]?.trigger('click')
  await flushPromises()

  expect(server.to('/api/campaigns').at(-1)?.search).toContain('state=draft')
})

it('searches by the last letter typed', async () => {
  vi.useFakeTimers()
  const wrapper = await shown([aCampaignRow()])
  await wrapper.get('.words').setValue('贴')
  await wrapper.get('.words').setValue('贴息')
  await vi.advanceTimersByTimeAsync(300)
  vi.useRealTimers()
  await flushPromises()

  expect(server.to('/api/campaigns').filter((one) => one.search.includes('text=%E8')).map((one) => decodeURIComponent(one.search))).toEqual(['?text=贴息'])
})

it('goes on with the next page', async () => {
  const wrapper = await shown([aCampaignRow()], 'marketer', 'c1')

  await wrapper.get('.more').trigger('click')
  await flushPromises()

  expect(wrapper.findAll('tbody tr')).toHaveLength(2)
  expect(wrapper.find('.more').exists()).toBe(false)
})

it('tells a reviewer what waits for him, and lets him begin nothing', async () => {
  const wrapper = await shown([aCampaignRow({ state: 'in_review', size: 0, reviewer_name: null })], 'reviewer')

  expect(wrapper.text()).toContain('待您审批')
  expect(wrapper.text()).not.toContain('新建推送')
})

it('begins a push with goal and figure, and opens it', async () => {
  const wrapper = await shown([])
  expect(wrapper.text()).toContain('还没有推送')
  server.on('POST /api/campaigns', () => json(aCampaign({ id: 9 }), 201)).on('GET /api/campaigns/9', () => json(aCampaign({ id: 9 })))

  await wrapper.get('header .primary').trigger('click')
  await flushPromises()
  const button = body.get<HTMLButtonElement>('.el-dialog button[type="submit"]')
  expect(button.element.disabled).toBe(true)
  await body.get('.el-dialog input[maxlength="60"]').setValue(' 积分快过期 ')
  await body.get('.el-dialog input[value="retain"]').trigger('change')
  await body.get('.el-dialog form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/campaigns').find((one) => one.method === 'POST')?.body).toMatchObject({
    name: '积分快过期',
    goal: 'retain',
    metric: 'redemptions',
    message_class: 'marketing',
    variants: [],
  })
  expect(mounted.router.currentRoute.value.fullPath).toBe('/campaigns/9')
})

it('reads the list anew when a push changed', async () => {
  await shown([aCampaignRow()])
  const before = server.to('/api/campaigns').length

  useCampaignNews().tell(7)
  await flushPromises()

  expect(server.to('/api/campaigns').length).toBe(before + 1)
})
