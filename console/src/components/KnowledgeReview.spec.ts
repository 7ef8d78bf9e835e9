import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { expect, it } from 'vitest'

import { useKnowledge } from '../stores/knowledge'
import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aKnowledgeItem, aMe, aVersion } from '../test/samples'
import { json, Server } from '../test/server'
import KnowledgeReview from './KnowledgeReview.vue'

function aServer(): Server {
  return new Server()
    .on('GET /api/knowledge/items', () => json({ items: [], next: null, total: 0, waiting: 0 }))
    .on('GET /api/knowledge/items/faq/jd_card', () => json(aKnowledgeItem()))
}

function shown(role: 'reviewer' | 'marketer', username = 'reviewer01'): VueWrapper {
  useMe().user = aMe({ username, role })
  useKnowledge().item = aKnowledgeItem()
  return render(KnowledgeReview, { version: aVersion() })
}

it('lets the reviewer approve exactly the words he looks at', async () => {
  const server = aServer().on('POST /api/knowledge/versions/11/approve', () => json(aVersion({ state: 'approved' })))

  await shown('reviewer').find('.primary').trigger('click')
  await flushPromises()

  expect(server.to('/api/knowledge/versions/11/approve')[0]?.body).toEqual({ content_hash: 'a'.repeat(64) })
})

it('sends back with a reason only', async () => {
  const server = aServer().on('POST /api/knowledge/versions/11/send-back', () => json(aVersion({ state: 'sent_back' })))
  const wrapper = shown('reviewer')
  expect(wrapper.find('button[type="submit"]').attributes('disabled')).toBeDefined()

  await wrapper.find('input').setValue(' 没有依据 ')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/knowledge/versions/11/send-back')[0]?.body).toEqual({ reason: '没有依据' })
})

it.each([
  ['marketer', 'marketer01', '要由另一位同事审批'],
  ['marketer', 'marketer02', '由消保审批岗审批'],
  ['reviewer', 'marketer01', '要由另一位同事审批'],
] as const)('offers a %s (%s) no decision', (role, username, words) => {
  aServer()
  const wrapper = shown(role, username)

  expect(wrapper.find('form').exists()).toBe(false)
  expect(wrapper.text()).toContain(words)
})
