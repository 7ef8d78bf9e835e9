import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aMe } from '../test/samples'
import { json, problem, Server } from '../test/server'
import { aRep, aWaiting } from '../test/supervision'
import AssignDialog from './AssignDialog.vue'
import CloseDialog from './CloseDialog.vue'
import NoteDialog from './NoteDialog.vue'
import TransferDialog from './TransferDialog.vue'

let server: Server
let wrapper: VueWrapper

beforeEach(() => {
  server = new Server()
  useMe().user = aMe()
})

afterEach(() => {
  wrapper.unmount()
  document.body.replaceChildren()
})

const find = <T extends HTMLElement>(selector: string): T => {
  const found = document.querySelector<T>(selector)
  if (!found) throw new Error(`nothing matches ${selector}`)
  return found
}

async function open(component: typeof CloseDialog | typeof TransferDialog, props: Record<string, unknown> = {}): Promise<void> {
  wrapper = render(component, { id: 1, modelValue: false, ...props })
  await wrapper.setProps({ modelValue: true })
  await flushPromises()
}

it('closes only with an outcome, and sends the note along', async () => {
  server.on('POST /api/handoffs/1/close', () => new Response(null, { status: 204 }))
  await open(CloseDialog, { own: true })
  expect(find<HTMLButtonElement>('button[type="submit"]').disabled).toBe(true)

  find('input[value="logged_in"]').click()
  const note = find<HTMLTextAreaElement>('textarea')
  note.value = ' 明早再确认 '
  note.dispatchEvent(new Event('input'))
  find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()

  expect(server.to('/api/handoffs/1/close')[0]?.body).toEqual({ outcome: 'logged_in', note: '明早再确认', referral: null })
  expect(wrapper.emitted('done')).toHaveLength(1)
})

it("closes a colleague's chat only with a reason", async () => {
  server.on('POST /api/handoffs/1/close', () => new Response(null, { status: 204 }))
  await open(CloseDialog, { own: false })
  const submit = find<HTMLButtonElement>('button[type="submit"]')
  expect(document.body.textContent).toContain('结束原因')

  find('input[value="unsolved"]').click()
  await flushPromises()
  expect(submit.disabled).toBe(true)
  const note = find<HTMLTextAreaElement>('textarea')
  note.value = '客户已在网点办完'
  note.dispatchEvent(new Event('input'))
  await flushPromises()
  expect(submit.disabled).toBe(false)
  find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()

  expect(server.to('/api/handoffs/1/close')[0]?.body).toEqual({ outcome: 'unsolved', note: '客户已在网点办完', referral: null })
})

it('stays open when the chat is no longer ours to close', async () => {
  server.on('POST /api/handoffs/1/close', () => problem(409, 'case_not_yours'))
  await open(CloseDialog, { own: true })
  find('input[value="solved"]').click()

  find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()

  expect(wrapper.emitted('done')).toBeUndefined()
  expect(document.body.textContent).toContain('不由您接待')
})

it('offers colleagues of the chosen desk, ready ones first, never oneself', async () => {
  const rep = (username: string, display_name: string, skills: string[], status: string): unknown => ({
    username, display_name, skills, status, load: 0, capacity: 3,
  })
  server.on('GET /api/reps', () =>
    json({
      items: [rep('rep01', '小钱', ['loan'], 'ready'), rep('rep02', '小孙', ['loan'], 'busy'), rep('rep03', '小李', ['loan'], 'ready'), rep('rep04', '小周', ['ebank'], 'ready')],
      skills: [['loan', '普惠专属服务代表'], ['ebank', '网银服务代表']],
    }),
  )
  server.on('POST /api/handoffs/1/transfer', () => new Response(null, { status: 204 }))
  await open(TransferDialog)

  const desk = find<HTMLSelectElement>('select')
  desk.value = 'loan'
  desk.dispatchEvent(new Event('change'))
  await flushPromises()
  const offered = [...document.querySelectorAll<HTMLInputElement>('input[name="rep"]')].map((input) => input.value)
  expect(offered).toEqual(['rep03', 'rep02'])

  find('input[value="rep03"]').click()
  find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()
  expect(server.to('/api/handoffs/1/transfer')[0]?.body).toEqual({ skill: 'loan', rep: 'rep03', note: '' })
})

it('gives a chat to whom is chosen: who has room and serves its desk comes first', async () => {
  server.on('POST /api/handoffs/9/assign', () => new Response(null, { status: 204 }))
  const reps = [
    aRep({ username: 'full', load: 3 }),
    aRep({ username: 'gone', status: 'offline' }),
    aRep({ username: 'other', skills: ['ebank'] }),
    aRep({ username: 'late', load: 0, is_on_shift: false, status: 'busy' }),
    aRep({ username: 'free', load: 0, display_name: '小周' }),
  ]
  wrapper = render(AssignDialog, { modelValue: true, chat: aWaiting(), reps })
  await flushPromises()

  const inputs = [...document.querySelectorAll<HTMLInputElement>('input[name="assign-rep"]')]
  expect(inputs.map((input) => [input.value, input.disabled])).toEqual([['free', false], ['late', false], ['other', false], ['full', true], ['gone', true]])
  expect(inputs.map((input) => input.parentElement?.querySelector('.warn')?.textContent ?? '')).toEqual(['', '不在班', '其他技能组', '已满', ''])
  inputs[0]?.click()
  find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()

  expect(server.to('/api/handoffs/9/assign')[0]?.body).toEqual({ rep: 'free', note: '' })
  expect(document.body.textContent).toContain('已把周老板指派给小周')
  expect(wrapper.emitted('done')).toHaveLength(1)
})

it('says when nobody can take a chat', async () => {
  wrapper = render(AssignDialog, { modelValue: true, chat: aWaiting(), reps: [aRep({ load: 3 })] })
  await flushPromises()

  expect(document.body.textContent).toContain('现在没有人能接')
})

it('takes a chat over with a note, and shuts when that is done', async () => {
  const notes: string[] = []
  wrapper = render(NoteDialog, { modelValue: true, act: 'takeover', label: '陶先生', doingIt: (note: string) => Promise.resolve(void notes.push(note)) })
  await flushPromises()
  expect(document.body.textContent).toContain('接管陶先生的对话')

  const note = find<HTMLTextAreaElement>('textarea')
  note.value = ' 客户着急 '
  note.dispatchEvent(new Event('input'))
  find('form').dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()

  expect(notes).toEqual(['客户着急'])
  expect(wrapper.emitted('update:modelValue')).toEqual([[false]])
})
