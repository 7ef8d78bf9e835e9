import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'

import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aMe, at } from '../test/samples'
import { json, Server } from '../test/server'
import PrivacyHolds from './PrivacyHolds.vue'

const done = (): Response => new Response(null, { status: 204 })
const aHold = (setBy: string): object => ({ id: 4, label: '陶先生', reason: '法院调取证据', set_by: setBy, set_at: at(-60) })

beforeEach(() => {
  useMe().user = aMe({ role: 'supervisor', username: 'supervisor01' })
})

it('sets a hold by the address of a chat, with a reason', async () => {
  const server = new Server().on('GET /api/legal-holds', () => json({ items: [] })).on('POST /api/legal-holds', () => json(aHold('supervisor01'), 201))
  const wrapper = render(PrivacyHolds)
  await flushPromises()
  const [address, reason] = wrapper.findAll('input')

  await address?.setValue('http://bank/desk/42')
  await reason?.setValue('法院调取证据')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(server.asked.find((one) => one.method === 'POST')?.body).toEqual({ conversation_id: 42, reason: '法院调取证据' })
})

it('is lifted by another person only', async () => {
  const server = new Server().on('GET /api/legal-holds', () => json({ items: [aHold('admin01')] })).on('POST /api/legal-holds/4/lift', done)
  const wrapper = render(PrivacyHolds)
  await flushPromises()

  await wrapper.find('article input').setValue('案件已结')
  await wrapper.find('article form').trigger('submit')
  await flushPromises()
  expect(server.to('/api/legal-holds/4/lift')[0]?.body).toEqual({ reason: '案件已结' })

  server.on('GET /api/legal-holds', () => json({ items: [aHold('supervisor01')] }))
  const mine = render(PrivacyHolds)
  await flushPromises()
  expect(mine.find('article form').exists()).toBe(false)
  expect(mine.text()).toContain('须由另一位同事解除')
})
