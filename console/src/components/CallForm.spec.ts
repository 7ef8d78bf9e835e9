import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'

import { useChat } from '../stores/chat'
import { render } from '../test/render'
import { aHandoff, at, someTimes } from '../test/samples'
import { json, problem, Server } from '../test/server'
import CallForm from './CallForm.vue'

let server: Server
const promised = { why: null, ends_at: null, is_invited: false, promised_at: at(3600), rating_held: null }

beforeEach(() => {
  server = new Server()
  server.on('GET /api/handoffs/1/call-times', () => json(someTimes()))
  server.on('GET /api/handoffs/1', () => json(aHandoff({ window: promised })))
  server.on('POST /api/handoffs/1/followups', () => json({ id: 3, due_at: at(5400), slot_at: at(3600), owner: 'rep01' }, 201))
  useChat().show(aHandoff())
})

async function form(): Promise<VueWrapper> {
  const wrapper = render(CallForm, { id: 1, canCancel: false })
  await flushPromises()
  return wrapper
}

it('is filled in from the case, with the phone masked', async () => {
  const wrapper = await form()

  expect((wrapper.find('input').element as HTMLInputElement).value).toBe('想申请贷款')
  expect(wrapper.text()).toContain('138****1234')
  expect(wrapper.findAll('option').map((one) => one.text())).toEqual(['今天11:00-11:30', '尽快，今天10:30前'])
})

it.each([
  [at(3600), { reason: '想申请贷款', slot_at: at(3600), due_at: null }],
  ['soonest', { reason: '想申请贷款', slot_at: null, due_at: at(1800) }],
])('promises a call for %s', async (choice, body) => {
  const wrapper = await form()

  await wrapper.find('select').setValue(choice)
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/handoffs/1/followups')[0]?.body).toEqual(body)
  expect(wrapper.emitted('done')).toHaveLength(1)
})

it('reads the half hours anew when this one has just been taken', async () => {
  server.on('POST /api/handoffs/1/followups', () => problem(422, 'slot_taken'))
  const wrapper = await form()

  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(wrapper.emitted('done')).toBeUndefined()
  expect(server.to('/api/handoffs/1/call-times')).toHaveLength(2)
  expect(document.body.textContent).toContain('刚被约满')
})

it('wants a reason', async () => {
  const wrapper = await form()

  await wrapper.find('input').setValue('  ')

  expect(wrapper.find('button[type="submit"]').attributes('disabled')).toBeDefined()
})
