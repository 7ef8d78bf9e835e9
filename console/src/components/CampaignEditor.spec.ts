import { DOMWrapper, flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import type { Campaign, CampaignProgress } from '../api/types'
import { setServerTime } from '../composables/useNow'
import { useCampaigns } from '../stores/campaigns'
import { useMe } from '../stores/me'
import { aCampaign, anArticle, anArticleVersion, aPreview, aVariant } from '../test/campaignSamples'
import { aCampaignServer } from '../test/massSamples'
import { type Mounted, renderAt } from '../test/renderAt'
import { aMe } from '../test/samples'
import { json, problem, type Server } from '../test/server'
import CampaignsView from '../views/CampaignsView.vue'

const body = new DOMWrapper(document.body)
let mounted: Mounted
let server: Server
let kept: Campaign

beforeEach(() => vi.useFakeTimers({ now: Date.parse('2026-03-10T06:00:00Z') }))
afterEach(() => {
  mounted.wrapper.unmount()
  vi.useRealTimers()
})

/** The editor over a server that keeps what is saved. */
async function shown(over: Partial<Campaign> = {}, progress?: CampaignProgress): Promise<VueWrapper> {
  setServerTime('2026-03-10T06:00:00Z')
  useMe().user = aMe({ role: 'marketer', username: 'marketer01' })
  kept = aCampaign(over)
  server = aCampaignServer(kept, progress)
  server.on('GET /api/campaigns/7', () => json(kept)).on('PUT /api/campaigns/7', ({ body: sent }) => {
    kept = { ...kept, ...(sent as Partial<Campaign>), included: kept.included, excluded: kept.excluded, variants: kept.variants, revision: kept.revision + 1 }
    return json(kept)
  })
  mounted = await renderAt('/campaigns/7', CampaignsView)
  await flushPromises()
  return mounted.wrapper
}

const saves = () => server.to('/api/campaigns/7').filter((one) => one.method === 'PUT')
const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms)
  await flushPromises()
}
const go = async (wrapper: VueWrapper, step: number): Promise<void> => {
  await wrapper.findAll('.editor nav button')[step]?.trigger('click')
  await flushPromises()
}

it('goes on where something is missing', async () => {
  const wrapper = await shown({ variants: [], flaws: [{ place: 'variants', reason: 'shares', words: '' }] })

  expect(wrapper.get('[aria-current="step"]').text()).toContain('内容')
  expect(wrapper.findAll('.editor nav .done')).toHaveLength(3)
})

it('saves by itself a moment after the last letter, once', async () => {
  const wrapper = await shown()
  await go(wrapper, 0)
  await wrapper.get('.goal input[maxlength="60"]').setValue('惠企')
  await wrapper.get('.goal input[maxlength="60"]').setValue('惠企贴息三月')
  expect(wrapper.get('.status').text()).toBe('有改动未保存')

  await pass(700)

  expect(saves().map((one) => [one.body?.name, one.body?.revision])).toEqual([['惠企贴息三月', 3]])
  expect(wrapper.get('.status').text()).toContain('已保存')
})

it('saves nothing that is not whole, and says what is missing', async () => {
  const wrapper = await shown()
  await go(wrapper, 0)

  await wrapper.get('.goal input[maxlength="60"]').setValue(' ')
  await pass(700)

  expect(saves()).toEqual([])
  expect(wrapper.get('.status').text()).toBe('名称至少 2 个字')
})

it('does not write over a colleague’s words, and takes them when asked', async () => {
  const wrapper = await shown()
  await go(wrapper, 0)
  server.on('PUT /api/campaigns/7', () => problem(409, 'campaign_state_conflict', { state: 'changed' }))
  await wrapper.get('.goal input[maxlength="60"]').setValue('我的名字')
  await pass(700)
  expect(wrapper.text()).toContain('同事刚改过这场推送')

  kept = aCampaign({ name: '同事的名字', revision: 8 })
  await wrapper.get('.note.bad button').trigger('click')
  await flushPromises()

  expect(wrapper.get<HTMLInputElement>('.goal input[maxlength="60"]').element.value).toBe('同事的名字')
  expect(wrapper.find('.note.bad').exists()).toBe(false)
})

it('tries again after the line was down', async () => {
  const wrapper = await shown()
  await go(wrapper, 0)
  server.on('PUT /api/campaigns/7', () => Promise.reject(new TypeError('down')))
  await wrapper.get('.goal input[maxlength="60"]').setValue('惠企贴息三月')
  await pass(700)
  expect(wrapper.get('.status').text()).toBe('没有保存上，正在重试')

  server.on('PUT /api/campaigns/7', () => json({ ...kept, revision: 4 }))
  await pass(4100)

  expect(wrapper.get('.status').text()).toContain('已保存')
})

it('keeps what was typed before the page is left', async () => {
  const wrapper = await shown()
  await go(wrapper, 0)
  await wrapper.get('.goal input[maxlength="60"]').setValue('惠企贴息三月')

  await mounted.router.push('/campaigns')
  await flushPromises()
  await pass(0)
  await flushPromises()

  expect(saves()).toHaveLength(1)
})

it('chooses segments and a control group, and draws who is left out why', async () => {
  const wrapper = await shown()
  await go(wrapper, 1)
  expect(wrapper.get('.segments').text()).toContain('最近动账超过 365 天')

  await wrapper.findAll('.segments select')[1]?.setValue('2')
  await wrapper.get('.audience .number').setValue(10)
  await pass(700)

  expect(saves().at(-1)?.body).toMatchObject({ included: [1], excluded: [2], holdout_bp: 1000 })
  expect(wrapper.text()).toContain('全行另有 5% 的客户长期不发营销')
  const plan = wrapper.get('.plan').text()
  expect(plan).toContain('50,000 会收到')
  expect(plan).toContain('全行对照组2,500')
  expect(plan).toContain('已退订300')
  expect(server.to('/api/campaigns/7/preview').length).toBe(2)
})

it('takes a segment out by its button', async () => {
  const wrapper = await shown()
  await go(wrapper, 1)

  await wrapper.get('button[aria-label="移除 不动户"]').trigger('click')
  await pass(700)

  expect(saves().at(-1)?.body).toMatchObject({ included: [] })
})

it('picks a sealed version, and parts equally when it is a second one', async () => {
  const wrapper = await shown()
  server.on('GET /api/articles', () => json({ items: [anArticle(), anArticle({ id: 4, title: '电子回单', state: 'open' })], next: null, total: 2 }))
  server.on('GET /api/articles/4', () => json({ versions: [anArticleVersion({ id: 42, number: 2, state: 'open' }), anArticleVersion({ id: 41, number: 1 })] }))
  await go(wrapper, 2)
  await wrapper.get('.content .buttons .button').trigger('click')
  await flushPromises()

  await body.findAll('.articles .row')[1]?.trigger('click')
  await flushPromises()
  expect(body.findAll('.versions li').map((one) => one.text().slice(0, 5))).toEqual(['第 1 版'])
  await body.get('.versions .primary').trigger('click')
  await pass(700)

  expect(saves().at(-1)?.body?.variants).toEqual([
    { article_version_id: 31, share: 50 },
    { article_version_id: 41, share: 50 },
  ])
})

it('explains the least sample of a test', async () => {
  const wrapper = await shown({ variants: [aVariant({ share: 50 }), aVariant({ number: 2, article_version_id: 41, share: 50, title: '第二篇' })] })
  server.on('GET /api/campaigns/7/preview', () => json(aPreview({ is_sample_too_small: true })))
  await go(wrapper, 2)
  await wrapper.findAll('.share input')[0]?.setValue(70)
  await pass(700)

  expect(saves().at(-1)?.body?.variants).toEqual([
    { article_version_id: 31, share: 70 },
    { article_version_id: 41, share: 30 },
  ])
  expect(wrapper.get('.ab').text()).toContain('每个版本至少要有 500 人')
})

it('says where quiet hours move the start to, and what the month has left', async () => {
  const wrapper = await shown({ moved_why: 'quiet_hours', starts_at: '2026-03-11T01:00:00Z', not_before: '2026-03-10T13:30:00Z', not_after: '2026-03-10T15:30:00Z' })
  await go(wrapper, 3)

  expect(wrapper.get('.moved').text()).toContain('会改到 明天09:00 开始')
  expect(wrapper.get('.moved').text()).toContain('08:30–20:30')
  expect(wrapper.get('.quota .said').text()).toContain('发完这次，到月底前有 38% 的粉丝一条都不剩')
  expect(wrapper.findAll('.quota .bar')).toHaveLength(2)
})

it('moves the end with the start, and picks a day from the calendar', async () => {
  const wrapper = await shown()
  await go(wrapper, 3)
  expect(wrapper.get<HTMLButtonElement>('button[data-day="2026-03-09"]').element.disabled).toBe(true)

  await wrapper.get('button[data-day="2026-03-18"]').trigger('click')
  await pass(700)
  expect(saves().at(-1)?.body).toMatchObject({ not_before: '2026-03-18T02:00:00.000Z', not_after: '2026-03-18T04:00:00.000Z' })

  await wrapper.get('.fields select').setValue('4')
  await pass(700)
  expect(saves().at(-1)?.body).toMatchObject({ not_after: '2026-03-18T06:00:00.000Z' })
})

it('submits what is whole', async () => {
  const wrapper = await shown()
  server.on('POST /api/campaigns/7/submit', () => json((kept = aCampaign({ state: 'in_review', revision: 3 }))))
  expect(wrapper.get('.ready').text()).toContain('可以提交')

  await wrapper.get('.submit .primary').trigger('click')
  await flushPromises()

  expect(server.to('/api/campaigns/7/submit')).toHaveLength(1)
  expect(wrapper.find('.editor').exists()).toBe(false)
})

it('shows what only came to light when it was submitted, and leads there', async () => {
  const wrapper = await shown()
  server.on('POST /api/campaigns/7/submit', () => problem(422, 'unfit_campaign', { flaws: [{ place: 'variants.1', reason: 'article_flawed', words: 'archived' }] }))

  await wrapper.get('.submit .primary').trigger('click')
  await flushPromises()
  expect(wrapper.get('.flaws').text()).toContain('图文不能发送：已归档')
  await wrapper.get('.flaws button').trigger('click')

  expect(wrapper.get('[aria-current="step"]').text()).toContain('内容')
})

it('tells why it was sent back, with the marks', async () => {
  const wrapper = await shown({ reason: '人群太宽', reviewer_name: '孟审核', marks: [{ place: 'audience', words: '去掉新开户' }] })

  expect(wrapper.get('.note.bad').text()).toContain('孟审核 退回：人群太宽')
  expect(wrapper.get('.note.bad').text()).toContain('“人群”：去掉新开户')
})

it('takes over what a colleague saved while nothing here is unsaved', async () => {
  const wrapper = await shown()
  await go(wrapper, 0)
  kept = aCampaign({ name: '同事改过', revision: 5 })

  await useCampaigns().refresh()
  await flushPromises()

  expect(wrapper.get<HTMLInputElement>('.goal input[maxlength="60"]').element.value).toBe('同事改过')
})
