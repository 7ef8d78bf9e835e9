import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'

import type { Me } from '../api/types'
import { setServerTime } from '../composables/useNow'
import { useMe } from '../stores/me'
import { aCampaignServer, aMassDay, aMonth, anOutsideSend } from '../test/massSamples'
import { type Mounted, renderAt } from '../test/renderAt'
import { aMe } from '../test/samples'
import { json, type Server } from '../test/server'
import CampaignMonth from './CampaignMonth.vue'

let mounted: Mounted
let server: Server
afterEach(() => mounted.wrapper.unmount())

async function shown(role: Me['role'] = 'marketer', prepare: (server: Server) => void = () => undefined): Promise<VueWrapper> {
  setServerTime('2026-03-10T06:00:00Z')
  useMe().user = aMe({ role })
  server = aCampaignServer()
  prepare(server)
  mounted = await renderAt('/campaigns', CampaignMonth)
  await flushPromises()
  return mounted.wrapper
}

it('shows the month’s pushes, ours and those sent outside', async () => {
  const items = [aMassDay(), aMassDay({ id: 8 }), aMassDay({ id: 9 }), aMassDay({ id: 10 }), aMassDay({ kind: 'outside', day: '2026-03-09', state: null, starts_at: null, name: '' })]
  const wrapper = await shown('supervisor', (one) => one.on('GET /api/mass/calendar', () => json({ items })))

  expect(wrapper.findAll('a.entry')).toHaveLength(3)
  expect(wrapper.get('a.entry').text()).toBe('10:00 惠企贴息')
  expect(wrapper.text()).toContain('另有 1 场')
  expect(wrapper.get('.entry.outside').text()).toBe('后台群发')
  expect(wrapper.get('td.today').text()).toBe('10')
})

it('turns to the next month', async () => {
  const wrapper = await shown()

  await wrapper.get('button[aria-label="下个月"]').trigger('click')
  await flushPromises()

  expect(server.to('/api/mass/calendar').map((one) => one.search)).toEqual(['?month=2026-03', '?month=2026-04'])
})

it('draws what is left of the month as one bar, and reads it out', async () => {
  const wrapper = await shown('reviewer', (one) => one.on('GET /api/mass/planner', () => json(aMonth({ none_percent: 1 }))))

  expect(wrapper.findAll('.quota .bar')).toHaveLength(1)
  expect(wrapper.get('.quota .bar').attributes('aria-label')).toContain('一条不剩 1,000（1%）')
  expect(wrapper.get('.said').text()).toBe('目前有 1% 的粉丝一条都不剩。')
  expect(wrapper.get('.rules').text()).toContain('08:30–20:30')
})

it('says so when everybody has something left', async () => {
  const wrapper = await shown('reviewer', (one) => one.on('GET /api/mass/planner', () => json(aMonth({ now: [0, 0, 0, 10, 90], none_percent: 0 }))))

  expect(wrapper.get('.said').text()).toBe('每位粉丝到月底前都还有额度。')
})

it('books a send made outside for the segment it went to', async () => {
  const wrapper = await shown('marketer', (one) => one.on('GET /api/mass/outside', () => json({ items: [anOutsideSend()] })))
  server.on('POST /api/mass/outside/5/book', () => new Response(null, { status: 204 }))
  expect(wrapper.get<HTMLButtonElement>('form .primary').element.disabled).toBe(true)

  await wrapper.get('form select').setValue(2)
  await wrapper.get('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/mass/outside/5/book')[0]?.body).toEqual({ segment_id: 2 })
  expect(server.to('/api/mass/planner')).toHaveLength(2)
})

it('sets one aside that only went to testers', async () => {
  const wrapper = await shown('marketer', (one) => one.on('GET /api/mass/outside', () => json({ items: [anOutsideSend()] })))
  server.on('POST /api/mass/outside/5/book', () => new Response(null, { status: 204 }))

  await wrapper.get('form .button:not(.primary)').trigger('click')
  await flushPromises()

  expect(server.to('/api/mass/outside/5/book')[0]?.body).toEqual({ segment_id: null })
})

it('shows a looker-on what was said of them, and no form', async () => {
  const wrapper = await shown('supervisor', (one) => one.on('GET /api/mass/outside', () => json({ items: [anOutsideSend(), anOutsideSend({ id: 6, title: '', state: 'booked', booked: 900, decided_by: 'system' })] })))

  expect(wrapper.find('form').exists()).toBe(false)
  expect(wrapper.text()).toContain('待说明')
  expect(wrapper.text()).toContain('已计入 900 人')
  expect(wrapper.text()).toContain('系统登记')
})
