import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { render } from '../test/render'
import { json, problem, Server } from '../test/server'
import { aDesk } from '../test/supervision'
import RulesForm from './RulesForm.vue'
import RulesHistory from './RulesHistory.vue'

const others = [aDesk(), aDesk({ desk: 'general', name: '人工服务代表' })]

let server: Server
let wrapper: VueWrapper

beforeEach(() => {
  server = new Server()
  server.on('GET /api/desks/loan/history', () => json({ items: [], next: null }))
})

afterEach(() => {
  wrapper.unmount()
  document.body.replaceChildren()
})

const open = (over = {}): VueWrapper => (wrapper = render(RulesForm, { desk: aDesk(over), desks: others }))
const field = (name: string) => wrapper.findAll('.field').find((one) => one.find('.name').text() === name)
const button = (name: string) => wrapper.findAll('button').find((one) => one.text() === name)

it('says in a sentence what each value does, and what 0 means', async () => {
  open()
  expect(field('等满多久才转')?.text()).toContain('等满 60 秒后，另一个组也会接到邀请。')

  await field('等满多久才转')?.find('input').setValue(0)
  await field('转给')?.find('select').setValue(null)
  await field('一个对话占')?.find('input').setValue(2)

  expect(field('等满多久才转')?.text()).toContain('不转给别的组。')
  expect(field('等满多久才转')?.text()).toContain('默认 60 秒')
  expect(field('转给')?.text()).toContain('只由本组接待')
  expect(field('一个对话占')?.text()).toContain('上限 5 的人最多同时接 2 个')
})

it('saves only a change that fits, with a reason, under the number it saw', async () => {
  server.on('PUT /api/desks/loan', () => json(aDesk({ number: 4 })))
  open({ number: 3 })
  const save = (): boolean => (button('保存，立即生效')?.element as HTMLButtonElement).disabled

  await field('邀请等待')?.find('input').setValue(300)
  await wrapper.find('.reason').setValue('月初客户多')
  expect(save()).toBe(true)
  await field('邀请等待')?.find('input').setValue(30)
  await wrapper.find('.reason').setValue('月初')
  expect(save()).toBe(true)
  await wrapper.find('.reason').setValue('月初客户多')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  const body = server.to('/api/desks/loan')[0]?.body
  expect(body).toMatchObject({ seen: 3, reason: '月初客户多', rules: { offer_s: 30 }, thresholds: { wait_s: 120 } })
  expect(body?.rules).not.toHaveProperty('wait_s')
  expect(wrapper.emitted('changed')?.[0]).toEqual([aDesk({ number: 4 })])
})

it('shows the newest rules when a colleague was faster', async () => {
  server.on('PUT /api/desks/loan', () => problem(409, 'version_state_conflict'))
  open()

  await field('邀请等待')?.find('input').setValue(30)
  await wrapper.find('.reason').setValue('月初客户多')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(wrapper.emitted('outdated')).toHaveLength(1)
  expect(document.body.textContent).toContain('同事刚改过这个组')
})

it('tries rules out and says that it is an estimate', async () => {
  const dealt = { arrivals: 6, answered: 6, in_time: 5, abandoned: 0, mean_wait_s: 10, longest_wait_s: 60 }
  server.on('POST /api/desks/loan/what-if', () => json({ arrivals: 6, is_cut: true, desk_now: dealt, desk_then: { ...dealt, in_time: 6, mean_wait_s: 20 }, all_now: dealt, all_then: dealt }))
  open()

  await button('推算效果')?.trigger('click')
  await flushPromises()

  const found = wrapper.find('.what-if')
  expect(found.text()).toContain('只是推算，不是承诺')
  expect(found.text()).toContain('只推算了最近的一部分')
  expect(found.findAll('.better').map((one) => one.text())).toEqual(['6'])
  expect(found.findAll('.worse').map((one) => one.text())).toEqual(['00:20'])
})

it('says who changed the rules last, or that nobody did', () => {
  open()
  expect(wrapper.find('.last').text()).toContain('没有人改过')
  wrapper.unmount()

  open({ last_change: { number: 1, rules: null, thresholds: null, reason: '试完了', changed_by: 'boss', changed_at: '2026-03-10T05:00:00Z' } })

  expect(wrapper.find('.last').text()).toContain('恢复默认：试完了')
})

it('lists changes page by page', async () => {
  const version = (number: number): unknown => ({ number, rules: null, thresholds: null, reason: `第${number}次`, changed_by: 'boss', changed_at: '2026-03-10T05:00:00Z' })
  server.on('GET /api/desks/loan/history', ({ search }) => json(search ? { items: [version(1)], next: null } : { items: [version(2)], next: 2 }))
  wrapper = render(RulesHistory, { desk: 'loan' })
  await flushPromises()

  await wrapper.find('button').trigger('click')
  await flushPromises()

  expect(wrapper.findAll('li').map((one) => one.text())).toHaveLength(2)
  expect(server.asked.at(-1)?.search).toBe('?before=2')
})
