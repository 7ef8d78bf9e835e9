import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'

import { render } from '../test/render'
import { aDataRequest } from '../test/samples'
import { json, problem, Server } from '../test/server'
import PrivacyRequest from './PrivacyRequest.vue'

const saved: string[] = []

vi.mock('../composables/download', () => ({ download: (name: string, text: string) => saved.push(name, text) }))

let server: Server

beforeEach(() => {
  saved.length = 0
  server = new Server()
})

const shown = (over: Parameters<typeof aDataRequest>[0] = {}): VueWrapper => render(PrivacyRequest, { request: aDataRequest(over) })

it('downloads a copy only with a reason, and says in words what is held', async () => {
  server.on('POST /api/data-requests/3/export', () =>
    json({ number: 'SQ20260310N00003', made_at: '2026-03-10T06:00:00Z', summary: ['客户资料：1条，包括电话。'], tables: [] }),
  )
  const wrapper = shown({ kind: 'export' })
  expect(wrapper.find('.look').attributes('disabled')).toBeDefined()

  await wrapper.find('input').setValue(' 客户申请导出 ')
  await wrapper.find('.look').trigger('click')
  await flushPromises()

  expect(server.to('/api/data-requests/3/export')[0]?.body).toEqual({ reason: '客户申请导出' })
  expect(saved[0]).toBe('SQ20260310N00003.json')
  expect(wrapper.text()).toContain('客户资料：1条，包括电话。')
})

it('deletes only after a second yes', async () => {
  const done = aDataRequest({ kind: 'delete', state: 'done', told: true })
  server.on('POST /api/data-requests/3/finish', () => json(done))
  const wrapper = shown({ kind: 'delete' })

  await wrapper.find('.finish').trigger('click')
  expect(server.asked).toHaveLength(0)
  await wrapper.find('.sure .primary').trigger('click')
  await flushPromises()

  expect(server.to('/api/data-requests/3/finish')).toHaveLength(1)
  expect(wrapper.emitted('settled')?.[0]).toEqual([done])
})

it('says why it cannot be done now', async () => {
  server.on('POST /api/data-requests/3/finish', () => problem(409, 'request_state_conflict', { state: 'in_chat' }))
  const wrapper = shown()

  await wrapper.find('.finish').trigger('click')
  await flushPromises()

  expect(document.body.textContent).toContain('现在不能办理')
  expect(wrapper.emitted('settled')).toBeUndefined()
})

it('shows what came of a handled request, and no buttons', () => {
  const wrapper = shown({
    state: 'done', handled_by: 'supervisor01', handled_at: '2026-03-10T06:00:00Z',
    proof: { classes: { chats_with_bot: { erased: 2, sealed: 0 } } },
  })

  expect(wrapper.text()).toContain('chats_with_bot 删除 2 条、封存 0 条')
  expect(wrapper.find('footer').exists()).toBe(false)
})
