import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'

import { render } from '../test/render'
import { aGroup } from '../test/samples'
import { json, Server } from '../test/server'
import LearnGroup from './LearnGroup.vue'

function aServer(): Server {
  return new Server()
    .on('GET /api/learning/intents', () => json({ items: [{ intent: 'reconciliation', label: '银企对账' }] }))
    .on('GET /api/learning/figures', () => json({ items: [], lessons: {} }))
    .on('GET /api/learning/groups', () => json({ items: [], is_cut: false }))
    .on('POST /api/learning/lessons', () => json({ items: [], next: null }, 201))
}

it('proposes the edited texts that are ticked, under the suggested intent', async () => {
  const server = aServer()
  const wrapper = render(LearnGroup, { group: aGroup() })
  expect(wrapper.text()).toContain('4 次 · 3 位客户')
  expect(wrapper.text()).toContain('客户点选了 银企对账 2')

  const [first, second] = wrapper.findAll<HTMLInputElement>('.text')
  await first?.setValue('那个对账单')
  expect(wrapper.text()).toContain('客户原话：那个单子')
  await wrapper.findAll('input[type="checkbox"]')[1]?.setValue(false)
  expect(second?.element.disabled).toBe(true)
  await wrapper.find('.primary').trigger('click')
  await flushPromises()

  expect(server.to('/api/learning/lessons')[0]?.body).toEqual({
    decision: 'teach',
    intent: 'reconciliation',
    utterances: [{ parse_id: 5, text: '那个对账单' }],
  })
})

it('sends the customers own words with a wish for an answer', async () => {
  const server = aServer()
  const wrapper = render(LearnGroup, { group: aGroup() })

  await wrapper.find('.text').setValue('改过的')
  await wrapper.findAll('footer button').at(-2)?.trigger('click')
  await flushPromises()

  expect(server.to('/api/learning/lessons')[0]?.body).toMatchObject({
    decision: 'answer',
    utterances: [{ parse_id: 5, text: '那个单子' }, { parse_id: 6 }],
  })
})

it('does not propose without an intent or without a text', async () => {
  aServer()
  const wrapper = render(LearnGroup, { group: aGroup({ suggestion: null }) })
  expect(wrapper.find('.primary').attributes('disabled')).toBeDefined()

  for (const box of wrapper.findAll('input[type="checkbox"]')) await box.setValue(false)

  expect(wrapper.findAll('footer > button').every((one) => one.attributes('disabled') !== undefined)).toBe(true)
})
