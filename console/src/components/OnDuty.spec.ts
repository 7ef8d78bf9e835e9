import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { h } from 'vue'
import { createMemoryHistory, createRouter, type Router, RouterView } from 'vue-router'

import { useOnDuty } from '../composables/useOnDuty'
import { i18n } from '../i18n'
import { useDesk } from '../stores/desk'
import { useMe } from '../stores/me'
import { aHandoff, aMe, anItem, at } from '../test/samples'
import { json, Server } from '../test/server'
import OnDuty from './OnDuty.vue'

let server: Server
let router: Router
let wrapper: VueWrapper
let heard: string[]
let say: (text: string) => Promise<void>

const Calls = {
  setup: () => {
    useOnDuty().listen((type) => heard.push(type))
    return () => h('main', '回访的页面')
  },
}
const Desk = { render: () => h('main', '服务台') }

beforeEach(async () => {
  heard = []
  server = new Server()
  let writer: ReadableStreamDefaultController<Uint8Array> | undefined
  server.on('GET /api/events', () => new Response(new ReadableStream<Uint8Array>({ start: (w) => void (writer = w) })))
  server.on('GET /api/handoffs', () => json({ items: [], next: null }))
  server.on('GET /api/counters', () => json({}))
  server.on('POST /api/me/heartbeat', () => json({}))
  say = async (text) => {
    writer?.enqueue(new TextEncoder().encode(text))
    await flushPromises()
  }
  useMe().user = aMe()
  router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/desk/:id(\\d+)?', name: 'desk', component: Desk },
      { path: '/followups', name: 'followups', component: Calls },
    ],
  })
  await router.push('/followups')
  const pinia = getActivePinia()
  if (!pinia) throw new Error('no store')
  wrapper = mount(OnDuty, { slots: { default: () => h(RouterView) }, global: { plugins: [pinia, router, i18n] } })
  await flushPromises()
})

afterEach(() => wrapper.unmount())

const frame = (type: string, more: Record<string, unknown> = {}): string =>
  `id: 5\nevent: ${type}\ndata: ${JSON.stringify({ type, conversation_id: null, version: null, payload: {}, at: at(0), ...more })}\n\n`

it('shows an offer on a page that is not the desk; taking it leads to the chat', async () => {
  const offered = anItem({ owner: 'offered', offered_at: at(0), offer_expires_at: at(20) })
  await say(`event: hello\ndata: ${JSON.stringify({ last_id: 4, now: at(0) })}\n\n`)
  server.on('GET /api/handoffs', () => json({ items: [offered], next: null }))
  server.on('GET /api/handoffs/1', () => json(aHandoff({ item: offered })))
  server.on('POST /api/handoffs/1/accept', () => json(aHandoff({ item: anItem({ version: 9 }) })))

  await say(frame('handoff.offered', { conversation_id: 1, version: 2, payload: { rep: 'rep01' } }))
  await vi.waitFor(() => expect(wrapper.find('.offer').exists()).toBe(true))
  expect(wrapper.text()).toContain('回访的页面')
  await wrapper.find('.offer .primary').trigger('click')
  await flushPromises()

  expect(router.currentRoute.value.fullPath).toBe('/desk/1')
  expect(useDesk().mine.map((item) => item.id)).toEqual([1])
})

it('tells that the screen is alive wherever one is', () => {
  expect(server.to('/api/me/heartbeat')).toHaveLength(1)
})

it('hands on what comes over the one line, until the page is left', async () => {
  await say(': ping\n\n')
  await say(frame('followup.changed'))
  await router.push('/desk')
  await flushPromises()
  await say(frame('followup.missed'))

  expect(heard).toEqual(['live', 'followup.changed'])
  expect(server.to('/api/events')).toHaveLength(1)
})
