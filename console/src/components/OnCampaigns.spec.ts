import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'

import { useCampaignNews } from '../composables/useCampaignNews'
import { serverNow } from '../composables/useNow'
import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aMe } from '../test/samples'
import { Server } from '../test/server'
import OnCampaigns from './OnCampaigns.vue'

const frame = (event: string, body: object): string => `event: ${event}\ndata: ${JSON.stringify(body)}\n\n`

/** A line that says this and stays open. */
function aLine(text: string): Response {
  const body = new ReadableStream<Uint8Array>({ start: (line) => line.enqueue(new TextEncoder().encode(text)) })
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
}

it('tells pages which push changed, and knows the server’s time', async () => {
  useMe().user = aMe({ role: 'marketer' })
  const said = frame('hello', { now: '2026-03-10T06:00:00Z' }) + frame('campaign.changed', { type: 'campaign.changed', at: '2026-03-10T06:00:00Z', payload: { campaign_id: 7 } })
  new Server().on('GET /api/events', () => aLine(said))

  const wrapper = render(OnCampaigns)
  await flushPromises()

  expect(useCampaignNews().id.value).toBe(7)
  expect(Math.abs(serverNow() - Date.parse('2026-03-10T06:00:00Z'))).toBeLessThan(5000)
  wrapper.unmount()
})

it('has everything read anew after a gap', async () => {
  useMe().user = aMe({ role: 'reviewer' })
  const before = useCampaignNews().count.value
  new Server().on('GET /api/events', () => aLine(frame('reset', { now: '2026-03-10T06:00:00Z' })))

  const wrapper = render(OnCampaigns)
  await flushPromises()

  expect(useCampaignNews().id.value).toBe(0)
  expect(useCampaignNews().count.value).toBe(before + 2)
  wrapper.unmount()
})

it('ends with the session', async () => {
  useMe().user = aMe({ role: 'reviewer' })
  new Server().on('GET /api/events', () => new Response(null, { status: 401 }))

  const wrapper = render(OnCampaigns)
  await flushPromises()

  expect(useMe().hasExpired).toBe(true)
  wrapper.unmount()
})
