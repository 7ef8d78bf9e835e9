import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { expect, it } from 'vitest'

import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aLesson, aMe, at } from '../test/samples'
import { json, Server } from '../test/server'
import LearnLesson from './LearnLesson.vue'

function aServer(): Server {
  return new Server()
    .on('GET /api/learning/intents', () => json({ items: [] }))
    .on('GET /api/learning/figures', () => json({ items: [], lessons: {} }))
}

function shown(over: Parameters<typeof aLesson>[0], username = 'trainer02'): VueWrapper {
  useMe().user = aMe({ username, role: 'trainer' })
  return render(LearnLesson, { lesson: aLesson(over) })
}

it('offers no approval to the one who proposed', () => {
  aServer()
  const wrapper = shown({}, 'trainer01')

  expect(wrapper.find('.primary').exists()).toBe(false)
  expect(wrapper.find('form').exists()).toBe(false)
  expect(wrapper.text()).toContain('要由另一位同事审批')
})

it('lets a colleague approve', async () => {
  const server = aServer().on('POST /api/learning/lessons/7/approve', () => json(aLesson({ state: 'approved' })))
  const wrapper = shown({})
  expect(wrapper.text()).toContain('客户原话：那个单子')
  expect(wrapper.text()).toContain('电子回单 30%')

  await wrapper.find('.primary').trigger('click')
  await flushPromises()

  expect(server.to('/api/learning/lessons/7/approve')).toHaveLength(1)
})

it('sends back only with a reason', async () => {
  const server = aServer().on('POST /api/learning/lessons/7/send-back', () => json(aLesson({ state: 'sent_back' })))
  const wrapper = shown({})
  expect(wrapper.find('form button').attributes('disabled')).toBeDefined()

  await wrapper.find('form input').setValue(' 这是回单 ')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/learning/lessons/7/send-back')[0]?.body).toEqual({ reason: '这是回单' })
})

it('shows why it came back and proposes the improved text', async () => {
  const server = aServer().on('POST /api/learning/lessons/7/propose', () => json(aLesson()))
  const wrapper = shown({ state: 'sent_back', reason: '太含糊' })
  expect(wrapper.text()).toContain('退回原因：太含糊')

  await wrapper.find('header input').setValue('对账单在哪')
  await wrapper.find('.primary').trigger('click')
  await flushPromises()

  expect(server.to('/api/learning/lessons/7/propose')[0]?.body).toEqual({ intent: 'reconciliation', text: '对账单在哪' })
})

it('records what became of a wanted answer', async () => {
  const server = aServer().on('POST /api/learning/lessons/7/answered', () => json(aLesson({ state: 'answered' })))
  const wrapper = shown({ state: 'answer_wanted', intent: null, label: null }, 'trainer01')

  await wrapper.find('form input').setValue('已补')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/learning/lessons/7/answered')[0]?.body).toEqual({ result: '已补' })
})

it('tells who did what when asked', async () => {
  const act = { at: at(-600), username: 'trainer01', act: 'sent_back', intent: null, reason: '太含糊' }
  aServer().on('GET /api/learning/lessons/7/acts', () => json({ items: [act] }))
  const wrapper = shown({})

  await wrapper.find('.who').trigger('click')
  await flushPromises()

  expect(wrapper.find('ol').text()).toContain('trainer01 退回 太含糊')
})
