import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'

import type { MessageWindow } from '../api/types'
import { setServerTime } from '../composables/useNow'
import { useChat } from '../stores/chat'
import { render } from '../test/render'
import { aHandoff, at, NOW, someTimes } from '../test/samples'
import { json, Server } from '../test/server'
import ChatMerging from './ChatMerging.vue'
import WindowRescue from './WindowRescue.vue'

let server: Server
const ending: MessageWindow = { why: 'unanswered', ends_at: at(5400), is_invited: false, promised_at: null, rating_held: null }

beforeEach(() => {
  server = new Server()
  setServerTime(new Date(NOW).toISOString())
  server.on('POST /api/handoffs/1/invitation', () => new Response(null, { status: 204 }))
  server.on('GET /api/handoffs/1', () => json(aHandoff({ window: { ...ending, is_invited: true } })))
  server.on('GET /api/handoffs/1/call-times', () => json(someTimes()))
  useChat().show(aHandoff())
})

function rescue(window: Partial<MessageWindow> = {}, more: Record<string, unknown> = {}): ReturnType<typeof render> {
  return render(WindowRescue, { handoff: aHandoff({ window: { ...ending, ...window } }), own: true, canInvite: true, ...more })
}

it('says what would be lost and how long is left', () => {
  expect(rescue().text()).toMatch(/客户的话还没回，再过 01:(29|30) 微信就不能再发了/)
})

it('invites the customer and reads what came of it', async () => {
  const wrapper = rescue()

  await wrapper.findAll('button')[0]?.trigger('click')
  await flushPromises()

  expect(server.to('/api/handoffs/1/invitation')).toHaveLength(1)
  expect(useChat().open.get(1)?.window.is_invited).toBe(true)
})

it.each([
  [{ is_invited: true }, {}],
  [{}, { canInvite: false }],
  [{}, { own: false }],
])('invites nobody twice, with nothing left, or out of a chat of somebody else (%o %o)', (window, more) => {
  expect(rescue(window, more).findAll('button').map((one) => one.text())).toEqual(['约电话回访'])
})

it('opens the call form in place', async () => {
  const wrapper = rescue()

  await wrapper.findAll('button')[1]?.trigger('click')
  await flushPromises()

  expect(wrapper.find('form.call').exists()).toBe(true)
})

it('sends what waits when the rep does not want to wait', async () => {
  server.on('POST /api/handoffs/1/replies/flush', () => new Response(null, { status: 204 }))
  const wrapper = render(ChatMerging, { id: 1, merging: { count: 2, seconds: 4 } })
  expect(wrapper.text()).toContain('合并发送中 · 2 句 · 4 秒后发出')

  await wrapper.find('button').trigger('click')
  await flushPromises()

  expect(server.to('/api/handoffs/1/replies/flush')).toHaveLength(1)
})
