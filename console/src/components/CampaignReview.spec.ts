import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'

import type { Campaign, Me } from '../api/types'
import { useMe } from '../stores/me'
import { aCampaign, aVariant, HASH } from '../test/campaignSamples'
import { aCampaignServer } from '../test/massSamples'
import { type Mounted, renderAt } from '../test/renderAt'
import { aMe } from '../test/samples'
import { json, type Server } from '../test/server'
import CampaignsView from '../views/CampaignsView.vue'

let mounted: Mounted
let server: Server
afterEach(() => mounted.wrapper.unmount())

async function shown(over: Partial<Campaign> = {}, role: Me['role'] = 'reviewer', username = 'reviewer01'): Promise<VueWrapper> {
  useMe().user = aMe({ role, username })
  server = aCampaignServer(aCampaign({ state: 'in_review', submitted_at: '2026-03-10T05:00:00Z', ...over }))
  mounted = await renderAt('/campaigns/7', CampaignsView)
  await flushPromises()
  return mounted.wrapper
}

it('shows exactly what is approved: article, audience in words, time, hash', async () => {
  const wrapper = await shown({ moved_why: 'holiday' })

  expect(wrapper.get('.sheet .screen').text()).toContain('先看能不能贴息')
  expect(wrapper.get('.sheet').text()).toContain('最近动账超过 365 天')
  expect(wrapper.get('.sheet').text()).toContain('原定')
  expect(wrapper.get('.hash').text()).toContain(HASH.slice(0, 16))
  expect(wrapper.get('.review aside').text()).toContain('50,000 会收到')
})

it('approves the hash that is on the screen', async () => {
  const wrapper = await shown()
  server.on('POST /api/campaigns/7/approve', () => json(aCampaign({ state: 'approved' })))

  await wrapper.get('.decide .primary').trigger('click')
  await flushPromises()

  expect(server.to('/api/campaigns/7/approve')[0]?.body).toEqual({ content_hash: HASH })
})

it('sends back with a reason and the places it is about', async () => {
  const wrapper = await shown()
  server.on('POST /api/campaigns/7/send-back', () => json(aCampaign()))
  const place = wrapper.get('section[aria-label="人群"] .marks')
  await place.get('button').trigger('click')
  await place.get('input').setValue(' 去掉新开户 ')
  await place.get('form').trigger('submit')
  expect(wrapper.get<HTMLButtonElement>('.decide .primary').element.disabled).toBe(true)

  await wrapper.get('.decide textarea').setValue('人群太宽')
  await wrapper.get('.decide form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/campaigns/7/send-back')[0]?.body).toEqual({ reason: '人群太宽', marks: [{ place: 'audience', words: '去掉新开户' }] })
})

it('takes a mark back', async () => {
  const wrapper = await shown()
  const place = wrapper.get('section[aria-label="时间"] .marks')
  await place.get('button').trigger('click')
  await place.get('input').setValue('太晚')
  await place.get('form').trigger('submit')

  await wrapper.get('button[aria-label="删除这条意见"]').trigger('click')

  expect(wrapper.find('.mark').exists()).toBe(false)
  expect(wrapper.get<HTMLButtonElement>('.decide .primary').element.disabled).toBe(false)
})

it.each([
  ['reviewer', 'reviewer01', { editor: 'reviewer01' }, '要由另一位同事审批'],
  ['marketer', 'marketer01', {}, '要由另一位同事审批'],
  ['marketer', 'marketer02', {}, '由审核岗审批'],
  ['supervisor', 'supervisor01', {}, '由审核岗审批'],
] as const)('offers a %s (%s) no decision', async (role, username, over, words) => {
  const wrapper = await shown(over, role, username)

  expect(wrapper.find('.decide form').exists()).toBe(false)
  expect(wrapper.find('.marks').exists()).toBe(false)
  expect(wrapper.get('.decide').text()).toContain(words)
})

it('does not approve what has flaws, and says which', async () => {
  const wrapper = await shown({ flaws: [{ place: 'variants.1', reason: 'article_is_marketing', words: '贴息' }] })

  expect(wrapper.get<HTMLButtonElement>('.decide .primary').element.disabled).toBe(true)
  expect(wrapper.get('.flaw').text()).toBe('《贴息》是营销内容，不能按“服务”发送')
})

it('shows both articles of a test with their parts', async () => {
  const wrapper = await shown({ variants: [aVariant({ share: 70 }), aVariant({ number: 2, article_version_id: 99, share: 30, title: '第二篇' })] })

  expect(wrapper.findAll('figcaption .tag').map((one) => one.text())).toEqual(['版本 A · 占 70%', '版本 B · 占 30%'])
  expect(wrapper.findAll('figure')[1]?.get('.gone').text()).toBe('第二篇')
})
