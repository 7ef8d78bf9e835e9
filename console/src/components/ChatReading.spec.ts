import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'

import { render } from '../test/render'
import { aReading } from '../test/samples'
import { json, problem, Server } from '../test/server'
import ChatReading from './ChatReading.vue'
import IntentPicker from './IntentPicker.vue'

function aServer(): Server {
  return new Server().on('GET /api/learning/intents', () => json({ items: [{ intent: 'reconciliation', label: '银企对账' }] }))
}

it('tells what the bot understood and how sure it was', () => {
  aServer()
  expect(render(ChatReading, { reading: aReading() }).text()).toContain('机器人理解为：电子回单 62%')
  const unsure = aReading({ verdict: 'asked_back', confidence: 0.3 })
  expect(render(ChatReading, { reading: unsure }).text()).toContain('机器人没把握：电子回单 30%')
})

it('lets a rep pick the right intent and shows it', async () => {
  const right = aReading({ followed: 'corrected', right: 'reconciliation', right_label: '银企对账' })
  const server = aServer().on('POST /api/learning/parses/5/correct', () => json(right))
  const wrapper = render(ChatReading, { reading: aReading() })

  await wrapper.find('button').trigger('click')
  expect(wrapper.find('[type="submit"]').attributes('disabled')).toBeDefined()
  await wrapper.findComponent(IntentPicker).setValue('reconciliation')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/learning/parses/5/correct')[0]?.body).toEqual({ intent: 'reconciliation' })
  expect(wrapper.text()).toContain('正确意图：银企对账')
})

it('stays open when the server refuses', async () => {
  aServer().on('POST /api/learning/parses/5/correct', () => problem(404, 'not_found'))
  const wrapper = render(ChatReading, { reading: aReading() })

  await wrapper.find('button').trigger('click')
  await wrapper.findComponent(IntentPicker).setValue('reconciliation')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(wrapper.find('form').exists()).toBe(true)
})
