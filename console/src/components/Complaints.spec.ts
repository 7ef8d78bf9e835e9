import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'

import type { Complaint, ComplaintDetail, Me } from '../api/types'
import { useMe } from '../stores/me'
import { renderAt } from '../test/renderAt'
import { aComplaint } from '../test/customerSamples'
import { aMe, at } from '../test/samples'
import { json, problem, Server } from '../test/server'
import ComplaintView from '../views/ComplaintView.vue'

const saved: string[] = []

vi.mock('../composables/download', () => ({ download: (...file: string[]) => saved.push(...file) }))

const done = (): Response => new Response(null, { status: 204 })
let server: Server

beforeEach(() => {
  saved.length = 0
  server = new Server().on('GET /api/reps', () => json({ items: [], skills: [] }))
})

async function shown(over: Partial<Complaint> = {}, role: Me['role'] = 'supervisor', more: Partial<ComplaintDetail> = {}): Promise<VueWrapper> {
  useMe().user = aMe({ role, username: role === 'rep' ? 'rep01' : 'supervisor01' })
  const complaint = aComplaint(over)
  const handlers = role === 'supervisor' ? [{ username: 'rep05', display_name: '小王' }] : []
  server.on('GET /api/complaints', () => json({ items: [complaint], next: null }))
  server.on('GET /api/complaints/7', () => json({ complaint, notes_written: [], handlers, ...more }))
  const { wrapper } = await renderAt('/complaints/7', ComplaintView)
  await flushPromises()
  return wrapper
}

it.each([
  [15, 'info', '还剩 15 天'],
  [2, 'warn', '还剩 2 天'],
  [0, 'bad', '今天到期'],
  [-3, 'bad', '超期 3 天'],
])('tells its clock: %i days left', async (daysLeft, tone, words) => {
  const wrapper = await shown({ days_left: daysLeft })

  expect(wrapper.find(`aside .tag.${tone}`).text()).toBe(words)
})

it('is given to somebody who may handle it', async () => {
  const wrapper = await shown()
  server.on('POST /api/complaints/7/handler', done)
  expect(wrapper.text()).toContain('涉及 小周，本人不能处理')

  await wrapper.find('main select').setValue('rep05')
  await wrapper.find('main form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/complaints/7/handler')[0]?.body).toEqual({ username: 'rep05' })
  expect(server.to('/api/complaints')).toHaveLength(2)
})

it('keeps notes, results and the file from who does not handle it', async () => {
  const wrapper = await shown({ may_handle: false }, 'rep')

  expect(wrapper.findAll('main textarea')).toHaveLength(0)
  expect(wrapper.text()).not.toContain('调取卷宗')
  expect(wrapper.find('main .take').exists()).toBe(true)
})

it('asks a second person to grant more time', async () => {
  const asked = { is_extension_asked: true, extension_reason: '要调录音', extension_asked_by: 'supervisor01' }
  expect((await shown(asked)).text()).toContain('须由另一位主管批准')

  const wrapper = await shown({ ...asked, extension_asked_by: 'rep01' })
  server.on('POST /api/complaints/7/extension/approve', () => json({ is_told: false }))
  await wrapper.findAll('main button').find((one) => one.text() === '批准延长并告知客户')?.trigger('click')
  await flushPromises()

  expect(document.body.textContent).toContain('两小时内电话告知客户')
})

it('ends with a result and how the customer learned it', async () => {
  const wrapper = await shown()
  server.on('POST /api/complaints/7/close', () => problem(409, 'send_refused', { reason: 'not_delivered' }))
  const close = wrapper.findAll('main form').find((one) => one.find('[type=radio]').exists())

  await close?.find('textarea').setValue('已致歉')
  await close?.findAll('[type=radio]')[1]?.setValue()
  await close?.trigger('submit')
  await flushPromises()

  expect(server.to('/api/complaints/7/close')[0]?.body).toEqual({ result: '已致歉', told_by: 'phone' })
})

it('shows how it ended and what the customer says of it', async () => {
  const wrapper = await shown({
    state: 'closed', result: '已退费', told_by: 'wechat', closed_by: '小王', closed_at: at(-60), opinion: 'displeased',
  })

  expect(wrapper.text()).toContain('客户不满意')
  expect(wrapper.text()).toContain('微信告知')
})

it('saves the file with a reason', async () => {
  const wrapper = await shown()
  server.on('POST /api/complaints/7/file', () => json({ name: 'TS1.html', content: '<p>', sha256: 'abcdef0123456789' }))
  const form = wrapper.findAll('main form').at(-1)

  await form?.find('input').setValue('监管复核')
  await form?.trigger('submit')
  await flushPromises()

  expect(saved).toEqual(['TS1.html', '<p>', 'text/html'])
  expect(server.to('/api/complaints/7/file')[0]?.body).toEqual({ reason: '监管复核' })
})
