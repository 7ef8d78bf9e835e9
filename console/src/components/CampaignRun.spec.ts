import { DOMWrapper, flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'

import type { Campaign, CampaignChunk, CampaignProgress, Me } from '../api/types'
import { setServerTime } from '../composables/useNow'
import { useMe } from '../stores/me'
import { aCampaign, aChunk, aProgress } from '../test/campaignSamples'
import { aCampaignServer } from '../test/massSamples'
import { type Mounted, renderAt } from '../test/renderAt'
import { aMe } from '../test/samples'
import { json, type Server } from '../test/server'
import CampaignsView from '../views/CampaignsView.vue'

const body = new DOMWrapper(document.body)
const PLANNED = { state: 'running', planned_at: '2026-03-10T05:30:00Z', started_at: '2026-03-10T05:31:00Z', reviewer: 'reviewer01', reviewer_name: '孟审核' } as const
let mounted: Mounted
let server: Server
afterEach(() => mounted.wrapper.unmount())

interface Shown {
  campaign?: Partial<Campaign>
  progress?: Partial<CampaignProgress>
  role?: Me['role']
  chunks?: CampaignChunk[]
}

async function shown({ campaign = {}, progress = {}, role = 'marketer', chunks = [aChunk()] }: Shown = {}): Promise<VueWrapper> {
  setServerTime('2026-03-10T06:00:00Z')
  useMe().user = aMe({ role, username: `${role}01` })
  const one = aCampaign({ ...PLANNED, ...campaign })
  server = aCampaignServer(one, aProgress({ state: one.state, ...progress }))
  server.on('GET /api/campaigns/7/chunks', () => json({ items: chunks }))
  mounted = await renderAt('/campaigns/7', CampaignsView)
  await flushPromises()
  return mounted.wrapper
}

const buttons = (wrapper: VueWrapper): string[] => wrapper.findAll('header .acts button').map((one) => one.text())

it('draws how far it is from its chunks, and when it will be done', async () => {
  const wrapper = await shown()

  expect(wrapper.get('.head').text()).toContain('20,000 / 50,000 人')
  expect(wrapper.get('.head').text()).toContain('2 / 5 批已提交')
  expect(wrapper.get('[role="progressbar"]').attributes('aria-valuetext')).toBe('已送达 9,800，微信剔除 150，失败 50，已提交 10,000，还没发出 30,000')
  expect(wrapper.get('.bar .delivered').attributes('style')).toContain('19.6%')
  expect(wrapper.get('.said').text()).toBe('预计 14:12 发完')
})

it.each([
  ['quiet_hours', '2026-03-11T01:00:00Z', {}, '等到 03-11 09:00，因为现在是免打扰时段'],
  ['desk_busy', '2026-03-10T06:02:00Z', { waiting: 42 }, '等到 14:02，因为服务台排队较长（42 位），先不带来更多咨询'],
  ['platform_busy', null, {}, '正在等待，因为微信平台正忙'],
] as const)('says what it waits for: %s', async (why, until, facts, words) => {
  const wrapper = await shown({ progress: { waits: { why, until, facts } } })

  expect(wrapper.get('.said').text()).toBe(words)
})

it.each([
  ['marketer', 'running', ['复制', '取消推送', '暂停']],
  ['supervisor', 'running', ['取消推送', '暂停']],
  ['marketer', 'paused', ['复制', '取消推送', '继续发送']],
  ['reviewer', 'paused', ['取消推送']],
  ['marketer', 'scheduled', ['复制', '取消推送', '撤回修改']],
  ['marketer', 'approved', ['复制', '取消推送', '撤回修改', '确认发送安排']],
  ['marketer', 'finished', ['复制']],
  ['admin', 'finished', []],
] as const)('offers a %s what may be done with what is %s', async (role, state, names) => {
  const wrapper = await shown({ role, campaign: { state } })

  expect(buttons(wrapper)).toEqual(names)
})

it('says before a pause what has left and cannot be pulled back', async () => {
  const wrapper = await shown({ progress: { left: { gone: 20_000, uncertain: 10_000, still: 20_000 } } })
  server.on('POST /api/campaigns/7/pause', () => json(aProgress({ state: 'paused' })))
  await wrapper.findAll('header .acts button').at(-1)?.trigger('click')
  await flushPromises()

  expect(body.text()).toContain('已经发出 20,000 人，不能收回。')
  expect(body.text()).toContain('另有 10,000 人正在提交')
  await body.get('.el-dialog textarea').setValue(' 标题有错字 ')
  await body.get('.el-dialog form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/campaigns/7/pause')[0]?.body).toEqual({ reason: '标题有错字' })
})

it('goes on with one click', async () => {
  const wrapper = await shown({ campaign: { state: 'paused', pause_why: 'stopped', paused_by_name: '孟审核', paused_at: '2026-03-10T05:50:00Z' }, progress: { pause_why: 'stopped' } })
  server.on('POST /api/campaigns/7/resume', () => json(aProgress()))
  expect(wrapper.get('.said').text()).toContain('因紧急停止而暂停')
  expect(wrapper.text()).toContain('孟审核 于 13:50 暂停')

  await wrapper.findAll('header .acts button').at(-1)?.trigger('click')
  await flushPromises()

  expect(server.to('/api/campaigns/7/resume')).toHaveLength(1)
})

it('is copied into a new draft', async () => {
  const wrapper = await shown()
  server.on('POST /api/campaigns/7/copy', () => json(aCampaign({ id: 9 }), 201)).on('GET /api/campaigns/9', () => json(aCampaign({ id: 9 })))

  await wrapper.get('header .acts button').trigger('click')
  await flushPromises()

  expect(server.to('/api/campaigns/7/copy')[0]?.body).toEqual({ name: '惠企贴息 · 不动户（副本）' })
  expect(mounted.router.currentRoute.value.fullPath).toBe('/campaigns/9')
})

it('tells what the platform said of a chunk, and sends a refused one anew', async () => {
  const wrapper = await shown({ progress: { needs_person: 1 }, chunks: [aChunk(), aChunk({ number: 2, state: 'rejected', errcode: '45028', sent: null })] })
  server.on('POST /api/campaigns/7/chunks/2/retry', () => new Response(null, { status: 204 }))
  const row = wrapper.findAll('.chunks tbody tr')[1]
  expect(row?.text()).toContain('今天没有群发次数了（45028）')
  expect(wrapper.get('.person').text()).toBe('有 1 批要您决定')

  await row?.get('.act button').trigger('click')
  await flushPromises()

  expect(server.to('/api/campaigns/7/chunks/2/retry')).toHaveLength(1)
})

it('gives a refused chunk up with a reason', async () => {
  const wrapper = await shown({ chunks: [aChunk({ number: 2, state: 'rejected', errcode: '99' })] })
  server.on('POST /api/campaigns/7/chunks/2/abandon', () => new Response(null, { status: 204 }))
  expect(wrapper.get('.chunks').text()).toContain('微信返回 99')

  await wrapper.findAll('.act button')[1]?.trigger('click')
  await flushPromises()
  await body.get('.el-dialog textarea').setValue('不发了')
  await body.get('.el-dialog form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/campaigns/7/chunks/2/abandon')[0]?.body).toEqual({ reason: '不发了' })
})

it('explains what nobody knows, and lets a person settle it after a day only', async () => {
  const asked = await shown({ chunks: [aChunk({ state: 'unknown', next_try_at: '2026-03-10T06:01:00Z' })] })
  expect(asked.get('.note.warn').text()).toContain('不会重复发送')
  expect(asked.get('.chunks').text()).toContain('14:01 再问')
  expect(asked.find('.act button').exists()).toBe(false)
  mounted.wrapper.unmount()

  const old = await shown({ chunks: [aChunk({ state: 'unknown', needs_person: true })] })
  server.on('POST /api/campaigns/7/chunks/1/settle', () => new Response(null, { status: 204 }))
  await old.findAll('.act button')[1]?.trigger('click')
  await flushPromises()
  await body.get('.el-dialog textarea').setValue('后台发送记录里没有')
  await body.get('.el-dialog form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/campaigns/7/chunks/1/settle')[0]?.body).toEqual({ went: false, reason: '后台发送记录里没有' })
})

it('offers a looker-on no decision about a chunk', async () => {
  const wrapper = await shown({ role: 'supervisor', chunks: [aChunk({ state: 'rejected' })] })

  expect(wrapper.find('.act button').exists()).toBe(false)
})

const RECALL = { asked_by: 'marketer01', asked_by_name: '何营销', asked_at: '2026-03-10T05:55:00Z', reason: '利率写错', recalled_by_name: null, recalled_at: null, done: 0, sends: 2, removes: ['article_page' as const], stays: ['card_in_chat' as const] }

it('asks for taking down, and says first what stays', async () => {
  const wrapper = await shown()
  server.on('POST /api/campaigns/7/recall', () => json(aCampaign(PLANNED)))
  await wrapper.get('.recall button').trigger('click')
  await flushPromises()

  expect(body.text()).toContain('对话里的卡片仍然在')
  await body.get('.el-dialog textarea').setValue('利率写错')
  await body.get('.el-dialog form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/campaigns/7/recall')[0]?.body).toEqual({ reason: '利率写错' })
})

it('lets another person say yes, never who asked', async () => {
  const own = await shown({ campaign: { recall: RECALL } })
  expect(own.get('.recall').text()).toContain('要由另一位同事确认')
  expect(own.find('.recall .danger').exists()).toBe(false)
  mounted.wrapper.unmount()

  const other = await shown({ campaign: { recall: RECALL }, role: 'reviewer' })
  server.on('POST /api/campaigns/7/recall/confirm', () => json(aCampaign(PLANNED)))
  await other.get('.recall .danger').trigger('click')
  await flushPromises()

  expect(server.to('/api/campaigns/7/recall/confirm')).toHaveLength(1)
})

it.each([
  [1, '正在撤下：1 / 2 批'],
  [2, '已全部撤下，共 2 批'],
])('tells how far taking down is: %i', async (done, words) => {
  const wrapper = await shown({ campaign: { state: 'cancelled', ended_at: '2026-03-10T05:58:00Z', recall: { ...RECALL, recalled_at: '2026-03-10T05:58:00Z', done } } })

  expect(wrapper.get('.recall').text()).toContain(words)
})
