import { flushPromises } from '@vue/test-utils'
import { effectScope, type EffectScope, ref } from 'vue'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { useDesk } from '../stores/desk'
import { useMe } from '../stores/me'
import { aHandoff, aMe, anItem, at, NOW } from '../test/samples'
import { json, problem, Server } from '../test/server'
import { type OfferDesk, useOffer } from './useOffer'

let server: Server
let scope: EffectScope
let offers: OfferDesk
const now = ref(NOW)
const offered = anItem({ owner: 'offered', offer_expires_at: at(20), accepted_at: null })

beforeEach(async () => {
  server = new Server()
  server.on('GET /api/handoffs', (asked) => json({ items: asked.search.includes('scope=queue') ? [offered] : [], next: null }))
  server.on('GET /api/counters', () => json({}))
  server.on('GET /api/handoffs/1', () => json(aHandoff({ item: offered })))
  now.value = NOW
  useMe().user = aMe()
  await useDesk().refresh()
  scope = effectScope()
  offers = scope.run(() => useOffer(now)) as OfferDesk
  await flushPromises()
})

afterEach(() => scope.stop())

it('counts the seconds down', () => {
  expect(offers.secondsLeft.value).toBe(20)

  now.value = NOW + 12_500

  expect(offers.secondsLeft.value).toBe(8)
})

it('is gone when its time is up, and the lists are read again', async () => {
  const before = server.to('/api/handoffs').length

  now.value = NOW + 20_000
  await flushPromises()

  expect(offers.offer.value).toBeUndefined()
  expect(server.to('/api/handoffs').length).toBeGreaterThan(before)
})

it("does not show a colleague's offer", async () => {
  useDesk().put({ ...offered, version: 4, rep: 'rep02' })

  expect(offers.offer.value).toBeUndefined()
})

it('opens the conversation it accepts', async () => {
  server.on('POST /api/handoffs/1/accept', () => json(aHandoff({ item: anItem({ version: 4 }) })))

  await offers.accept(1)

  expect(useDesk().mine.map((item) => item.id)).toEqual([1])
  expect(useDesk().selectedId).toBe(1)
})

it('tells who was faster, and may be used again', async () => {
  server.on('POST /api/handoffs/1/accept', () => problem(409, 'case_already_taken', { owner: '小孙' }))

  await expect(offers.accept(1)).rejects.toMatchObject({ code: 'case_already_taken', fields: { owner: '小孙' } })

  expect(offers.isBusy.value).toBe(false)
})

it('is off the table once declined', async () => {
  server.on('POST /api/handoffs/1/decline', () => new Response(null, { status: 204 }))

  await offers.decline('busy')

  expect(server.to('/api/handoffs/1/decline')[0]?.body).toEqual({ reason: 'busy' })
  expect(offers.offer.value).toBeUndefined()
})
