import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it } from 'vitest'

import type { HandoffItem, Me } from '../api/types'
import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aHandoff, aMe, anItem } from '../test/samples'
import { json, Server } from '../test/server'
import ChatActs from './ChatActs.vue'

let server: Server
let wrapper: VueWrapper

beforeEach(() => (server = new Server()))

afterEach(() => {
  wrapper.unmount()
  document.body.replaceChildren()
})

function acts(role: Me['role'], own: boolean, over: Partial<HandoffItem> = {}): string[] {
  useMe().user = { ...aMe(), role }
  wrapper = render(ChatActs, { item: anItem(over), own })
  return wrapper.findAll('button').map((button) => button.text())
}

it.each<[string, Me['role'], boolean, Partial<HandoffItem>, string[]]>([
  ['his own chat', 'rep', true, {}, ['交还机器人']],
  ["a colleague's chat", 'rep', false, { rep: 'rep02' }, []],
  ['a waiting chat', 'rep', false, { owner: 'queued', rep: null }, []],
  ["a supervisor's look at a chat", 'supervisor', false, {}, ['指派', '接管', '交还机器人', '结束']],
  ["a supervisor's own chat", 'supervisor', true, {}, ['指派', '交还机器人']],
  ['a waiting chat before a supervisor', 'supervisor', false, { owner: 'queued', rep: null }, ['指派', '接管', '结束']],
  ['an offered chat before a supervisor', 'supervisor', false, { owner: 'offered' }, ['指派', '接管', '结束']],
  ['a closed chat', 'supervisor', false, { owner: 'closed' }, []],
])('offers for %s', (_name, role, own, over, expected) => {
  expect(acts(role, own, over)).toEqual(expected)
})

it('gives the chat back with a note and leaves it', async () => {
  server.on('POST /api/handoffs/1/return', () => new Response(null, { status: 204 }))
  acts('rep', true)

  await wrapper.find('button').trigger('click')
  await flushPromises()
  const note = document.querySelector('textarea')
  if (!note) throw new Error('no place for a note')
  note.value = ' 额度已查 '
  note.dispatchEvent(new Event('input'))
  document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()

  expect(server.to('/api/handoffs/1/return')[0]?.body).toEqual({ note: '额度已查' })
  expect(wrapper.emitted('left')).toHaveLength(1)
})

it('assigns only to somebody who is there and has room', async () => {
  const rep = { skills: ['loan'], status: 'ready', load: 1, capacity: 3 }
  const items = [
    { ...rep, username: 'rep02', display_name: '小孙' },
    { ...rep, username: 'rep03', display_name: '小李', load: 3 },
    { ...rep, username: 'rep04', display_name: '小周', status: 'offline' },
    { ...rep, username: 'rep01', display_name: '小钱' },
  ]
  server.on('GET /api/reps', () => json({ items, skills: [] }))
  server.on('GET /api/handoffs/1', () => json(aHandoff({})))
  server.on('POST /api/handoffs/1/assign', () => new Response(null, { status: 204 }))
  acts('supervisor', false)

  await wrapper.find('button').trigger('click')
  await flushPromises()
  const choices = [...document.querySelectorAll<HTMLInputElement>('input[name="assign-rep"]')]
  expect(choices.map((one) => [one.value, one.disabled])).toEqual([
    ['rep02', false],
    ['rep03', true],
    ['rep04', true],
  ])
  choices[0]?.click()
  document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()

  expect(server.to('/api/handoffs/1/assign')[0]?.body).toEqual({ rep: 'rep02', note: '' })
})
