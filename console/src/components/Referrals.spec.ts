import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'

import type { Me, Referral } from '../api/types'
import { useMe } from '../stores/me'
import { renderAt } from '../test/renderAt'
import { aReferral } from '../test/customerSamples'
import { aMe, at } from '../test/samples'
import { json, Server } from '../test/server'
import ReferralView from '../views/ReferralView.vue'

const done = (): Response => new Response(null, { status: 204 })
let server: Server

beforeEach(() => {
  server = new Server().on('GET /api/branches', () => json({ items: ['历下支行', '鼓楼支行'] }))
})

async function shown(role: Me['role'], referral: Referral): Promise<VueWrapper> {
  useMe().user = aMe({ role, branch: role === 'branch' ? '鼓楼支行' : null })
  server.on('GET /api/referrals', () => json({ items: [referral], next: null, counts: { [referral.state]: 1 } }))
  const { wrapper } = await renderAt(`/referrals?state=${referral.state}`, ReferralView)
  await flushPromises()
  return wrapper
}

const press = (wrapper: VueWrapper, name: string): Promise<void> | undefined => wrapper.findAll('article button').find((one) => one.text() === name)?.trigger('click')

it('lets a branch take one up and says whether the customer was told', async () => {
  const wrapper = await shown('branch', aReferral())
  server.on('POST /api/referrals/3/accept', () => json({ is_told: false, is_called: true }))

  await press(wrapper, '接手')
  await flushPromises()

  expect(server.to('/api/referrals/3/accept')).toHaveLength(1)
  expect(document.body.textContent).toContain('已请中心电话告知客户')
  expect(server.to('/api/referrals')).toHaveLength(2)
})

it('answers what is in hand, or gives it back with a reason', async () => {
  const wrapper = await shown('branch', aReferral({ state: 'accepted', accepted_name: '张经理', accepted_at: at(-60) }))
  server.on('POST /api/referrals/3/answer', done).on('POST /api/referrals/3/give-back', done)

  await wrapper.find('article input').setValue(' 已签约 ')
  await wrapper.find('article form').trigger('submit')
  await flushPromises()
  await press(wrapper, '退回中心')
  await wrapper.find('article input').setValue('不在我行开户')
  await wrapper.find('article form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/referrals/3/answer')[0]?.body).toEqual({ answer: '已签约' })
  expect(server.to('/api/referrals/3/give-back')[0]?.body).toEqual({ reason: '不在我行开户' })
})

it('shows what is late, and to the centre the branch', async () => {
  const wrapper = await shown('rep', aReferral({ is_late: true }))

  expect(wrapper.find('.tag.bad').text()).toBe('已超时')
  expect(wrapper.text()).toContain('鼓楼支行')
  expect(wrapper.findAll('article button')).toHaveLength(0)
})

it('sends on what came back to another branch', async () => {
  const wrapper = await shown('rep', aReferral({ state: 'returned', return_reason: '不在我行开户' }))
  server.on('POST /api/referrals/3/send-again', done)
  expect(wrapper.text()).toContain('不在我行开户')

  await press(wrapper, '改派')
  await flushPromises()
  await wrapper.find('article select').setValue('历下支行')
  await wrapper.find('article form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/referrals/3/send-again')[0]?.body).toEqual({ branch: '历下支行', ask: '请上门签代发' })
})

it('goes from one state to another by its tabs', async () => {
  const wrapper = await shown('supervisor', aReferral())

  await wrapper.findAll('[role=tab]')[4]?.trigger('click')
  await flushPromises()

  expect(server.to('/api/referrals').at(-1)?.search).toBe('?state=closed')
})
