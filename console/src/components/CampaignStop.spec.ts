import { DOMWrapper, flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'

import type { MassStop, Me } from '../api/types'
import { useCampaignNews } from '../composables/useCampaignNews'
import { useMe } from '../stores/me'
import { aStop } from '../test/massSamples'
import { render } from '../test/render'
import { aMe } from '../test/samples'
import { json, Server } from '../test/server'
import CampaignStop from './CampaignStop.vue'

const done = (): Response => new Response(null, { status: 204 })
const body = new DOMWrapper(document.body)
let wrapper: VueWrapper

afterEach(() => wrapper.unmount())

async function shown(stop: Partial<MassStop>, role: Me['role'] = 'reviewer'): Promise<Server> {
  useMe().user = aMe({ role })
  const server = new Server().on('GET /api/mass/stop', () => json(aStop(stop)))
  wrapper = render(CampaignStop)
  await flushPromises()
  return server
}

it('is not there while nothing runs', async () => {
  await shown({ running: 0 })

  expect(wrapper.find('button').exists()).toBe(false)
})

it('stops everything, with a reason only', async () => {
  const server = await shown({ running: 2 })
  server.on('POST /api/mass/stop', done)

  await wrapper.get('.stop').trigger('click')
  await flushPromises()
  expect(body.text()).toContain('正在发送的 2 场推送会立刻停住')
  expect(body.get<HTMLButtonElement>('.danger').element.disabled).toBe(true)
  await body.get('textarea').setValue(' 利率写错了 ')
  await body.get('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/mass/stop').find((one) => one.method === 'POST')?.body).toEqual({ reason: '利率写错了' })
})

it('tells who stopped and why; a marketer cannot lift it', async () => {
  await shown({ since: '2026-03-10T05:00:00Z', by_name: '孟审核', reason: '利率写错了' }, 'marketer')

  await wrapper.get('.stopped').trigger('click')
  await flushPromises()

  expect(body.text()).toContain('孟审核')
  expect(body.text()).toContain('由主管或管理员恢复')
  expect(body.text()).not.toContain('恢复推送')
})

it('is lifted by a supervisor', async () => {
  const server = await shown({ since: '2026-03-10T05:00:00Z', by_name: '孟审核', reason: '利率写错了' }, 'supervisor')
  server.on('POST /api/mass/stop/lift', done)

  await wrapper.get('.stopped').trigger('click')
  await flushPromises()
  await body.get('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/mass/stop/lift')).toHaveLength(1)
})

it('looks again when a push changed', async () => {
  const server = await shown({ running: 0 })
  server.on('GET /api/mass/stop', () => json(aStop({ running: 1 })))

  useCampaignNews().tell(7)
  await new Promise((resolve) => setTimeout(resolve, 1100))
  await flushPromises()

  expect(wrapper.get('.stop').attributes('title')).toBe('1 场推送正在发送')
})
