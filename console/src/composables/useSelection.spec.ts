import { flushPromises } from '@vue/test-utils'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { createApp, h } from 'vue'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { useDesk } from '../stores/desk'
import { useMe } from '../stores/me'
import { aMe, anItem, at } from '../test/samples'
import { Server } from '../test/server'
import { type Selection, useSelection } from './useSelection'

let router: Router
let selection: Selection
let unmount: () => void

beforeEach(async () => {
  new Server()
  useMe().user = aMe()
  const desk = useDesk()
  desk.put(anItem({ id: 1, accepted_at: at(-300), unanswered: 1, last_customer_at: at(-20) }))
  desk.put(anItem({ id: 2, accepted_at: at(-200), unanswered: 0 }))
  desk.put(anItem({ id: 3, accepted_at: at(-100), unanswered: 2, last_customer_at: at(-90) }))
  router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/desk/:id(\\d+)?', name: 'desk', component: { render: () => null } }],
  })
  await router.push('/desk/2')
  const app = createApp({
    setup: () => {
      selection = useSelection()
      return () => h('div')
    },
  })
  const pinia = getActivePinia()
  if (pinia) app.use(pinia)
  app.use(router).mount(document.createElement('div'))
  unmount = () => app.unmount()
})

afterEach(() => unmount())

it('opens the conversation the address names', () => {
  expect(useDesk().selectedId).toBe(2)
})

it('goes to the customer who has waited longest for an answer', async () => {
  selection.nextUnanswered()
  await flushPromises()

  expect(useDesk().selectedId).toBe(3)
})

it('goes to the nth chat in the order shown', async () => {
  selection.goTo(0)
  await flushPromises()

  expect(router.currentRoute.value.params.id).toBe('1')
})

it('writes a chat that was just accepted into the address', async () => {
  useDesk().selectedId = 3
  await flushPromises()

  expect(router.currentRoute.value.params.id).toBe('3')
})

it('moves on to another chat when one is closed', async () => {
  selection.leave(2)
  await flushPromises()

  expect(useDesk().selectedId).toBe(1)
})
