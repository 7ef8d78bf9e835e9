import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'

import { setServerTime } from '../composables/useNow'
import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aHandoff, aMe, anItem, at } from '../test/samples'
import { json, Server } from '../test/server'
import ChatWrapUp from './ChatWrapUp.vue'

let server: Server
const done = () => new Response(null, { status: 204 })
const closed = aHandoff({
  item: anItem({ owner: 'closed', outcome: 'solved', closed_at: at(0), wrap_up_until: at(28) }),
  outcome_note: '已教会激活',
})

beforeEach(() => {
  server = new Server()
  server.on('POST /api/handoffs/1/wrapped', done)
  server.on('PUT /api/handoffs/1/outcome', done)
  server.on('GET /api/handoffs/1', () => json(closed))
  useMe().user = aMe()
  setServerTime(at(0))
})

it('counts down and ends at once, changing nothing', async () => {
  const wrapper = render(ChatWrapUp, { handoff: closed })
  expect(wrapper.find('[role="timer"]').text()).toContain('还剩 28 秒')

  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/handoffs/1/wrapped')).toHaveLength(1)
  expect(server.to('/api/handoffs/1/outcome')).toHaveLength(0)
  expect(wrapper.emitted('done')).toHaveLength(1)
})

it('keeps a better outcome before it ends', async () => {
  const wrapper = render(ChatWrapUp, { handoff: closed })

  await wrapper.find('select').setValue('followup')
  await wrapper.find('input').setValue(' 周五再联系 ')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/handoffs/1/outcome')[0]?.body).toEqual({ outcome: 'followup', note: '周五再联系' })
  expect(wrapper.emitted('done')).toHaveLength(1)
})

it('never wipes out a note that is read late', async () => {
  const wrapper = render(ChatWrapUp, { handoff: { ...closed, outcome_note: null } })

  await wrapper.setProps({ handoff: closed })
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(wrapper.find('input').element.value).toBe('已教会激活')
  expect(server.to('/api/handoffs/1/outcome')).toHaveLength(0)
})
