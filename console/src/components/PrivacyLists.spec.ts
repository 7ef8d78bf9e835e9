import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'

import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aDataRequest, aMe, at } from '../test/samples'
import { json, Server } from '../test/server'
import PrivacyAudit from './PrivacyAudit.vue'
import PrivacyRequests from './PrivacyRequests.vue'
import PrivacyRetention from './PrivacyRetention.vue'

const anAct = (id: number): object => ({
  id, at: at(-60), username: 'rep01', act: 'customer.unmasked', object_kind: 'conversation', object_id: 7,
  follower_id: 2, reason: 'phone: 回电核对', request_id: 'r1',
})

it('lists who looked at what and why, page by page', async () => {
  const server = new Server().on('GET /api/audit', ({ search }) =>
    json(search ? { items: [anAct(1)], next: null } : { items: [anAct(2)], next: 2 }),
  )
  const wrapper = render(PrivacyAudit)
  await flushPromises()
  expect(wrapper.text()).toContain('rep01查看完整信息会话 7电话：回电核对')

  await wrapper.find('p .button').trigger('click')
  await flushPromises()

  expect(server.to('/api/audit')[1]?.search).toBe('?before=2')
  expect(wrapper.findAll('tbody tr')).toHaveLength(2)
})

it('shows requests by state and drops what is settled', async () => {
  const server = new Server().on('GET /api/data-requests', ({ search }) =>
    json({ items: search === '?state=open' ? [aDataRequest()] : [], next: null }),
  )
  server.on('POST /api/data-requests/3/finish', () => json(aDataRequest({ state: 'done', told: false })))
  const wrapper = render(PrivacyRequests)
  await flushPromises()
  expect(wrapper.text()).toContain('SQ20260310N00003')

  await wrapper.find('.finish').trigger('click')
  await flushPromises()

  expect(wrapper.text()).toContain('没有数据请求')
  expect(document.body.textContent).toContain('没能通知客户')
})

it('registers a request for a customer, by the address of a chat and with how he proved who he is', async () => {
  const made: object[] = []
  const server = new Server().on('GET /api/data-requests', () => json({ items: made, next: null }))
  server.on('POST /api/data-requests', () => {
    made.push(aDataRequest({ kind: 'delete' }))
    return json(made[0], 201)
  })
  const wrapper = render(PrivacyRequests)
  await flushPromises()
  await wrapper.find('.open').trigger('click')
  const [chat, proof] = wrapper.findAll('form input')
  await chat?.setValue('十号会话')
  await proof?.setValue(' 网点核对身份证 ')
  expect(wrapper.find('form .primary').attributes('disabled')).toBeDefined()

  await chat?.setValue('https://console.example/desk/17')
  await wrapper.find('select').setValue('delete')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/data-requests').find((one) => one.body)?.body).toEqual({ conversation_id: 17, kind: 'delete', proved_by: '网点核对身份证' })
  expect(document.body.textContent).toContain('已登记，请把申请编号告诉客户：SQ20260310N00003')
  expect(wrapper.find('form').exists()).toBe(false)
  expect(wrapper.find('article').text()).toContain('SQ20260310N00003')
})

it('shows keeping times with what the last purge removed', async () => {
  const one = { id: 'pushes', label: '已处理的推送', table: 'inbox', keep_min_days: 0, keep_max_days: 3, action: 'delete', basis: '最短必要', counted: 5, removed: 4, held: 1, duration_ms: 8, is_finished: true }
  new Server().on('GET /api/retention', () => json({ run_on: '2026-03-10', items: [one] }))
  const wrapper = render(PrivacyRetention)
  await flushPromises()

  expect(wrapper.text()).toContain('最近一次清理：2026-03-10')
  expect(wrapper.find('tbody').text()).toContain('已处理的推送3删除541最短必要')
})

it('leads an administrator to this page and a trainer to his own', () => {
  const me = useMe()
  me.user = aMe({ role: 'admin' })
  expect([me.home, me.mayOpen('privacy'), me.mayOpen('learn'), me.handlesData]).toEqual(['privacy', true, false, false])
  me.user = aMe({ role: 'trainer' })
  expect([me.home, me.mayOpen('privacy')]).toEqual(['learn', false])
  me.user = aMe({ role: 'supervisor' })
  expect([me.home, me.handlesData]).toEqual(['desk', true])
})
