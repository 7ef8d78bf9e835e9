import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'

import type { Me } from '../api/types'
import { useMe } from '../stores/me'
import { renderAt } from '../test/renderAt'
import { aCustomerRow, anEntry, aProfile } from '../test/customerSamples'
import { aMe, at } from '../test/samples'
import { json, problem, Server } from '../test/server'
import CustomerView from '../views/CustomerView.vue'
import CustomerBank from './CustomerBank.vue'

const BANK = {
  asked_at: at(0), is_bound: true, ebank: 'signed', accounts: [], points: { balance: 2600, expiring: [[1100, '2026-05-01']] },
  limits: [{ product: '经营快贷', state: 'effective', limit_fen: 30_000_000, available_fen: 10_000_000, ends_on: '2027-01-01' }],
  loans: null, applications: [], certificates: [],
}

let server: Server

beforeEach(() => {
  server = new Server()
    .on('GET /api/customers', () => json({ items: [aCustomerRow()], next: null }))
    .on('GET /api/customers/5', () => json(aProfile()))
    .on('GET /api/customers/5/bank', () => json(BANK))
    .on('GET /api/customers/5/timeline', () => json({ items: [anEntry()], next: null }))
    .on('GET /api/customer-tags', () => json({ items: [{ id: 'seasonal', label: '旺季用款', group: '经营' }] }))
})

async function opened(role: Me['role'] = 'rep', path = '/customers/5'): ReturnType<typeof renderAt> {
  useMe().user = aMe({ role })
  const mounted = await renderAt(path, CustomerView)
  await flushPromises()
  return mounted
}

it('looks for what was typed', async () => {
  const { wrapper } = await opened('rep', '/customers')

  await wrapper.find('input[type=search]').setValue(' 5678 ')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/customers').map((one) => one.search)).toEqual(['?text=', '?text=5678'])
  expect(wrapper.find('li a').attributes('href')).toBe('/customers/5')
})

it('says whom one finds when nobody is found', async () => {
  server.on('GET /api/customers', () => json({ items: [], next: null }))

  expect((await opened('branch', '/customers')).wrapper.text()).toContain('只能查到在本网点开户')
})

it('shows the customer, what the bank says, and what happened', async () => {
  const { wrapper } = await opened()

  expect(wrapper.find('h2').text()).toBe('陶家小馆餐饮有限公司')
  expect(wrapper.text()).toContain('经营快贷 可用 10万 / 30万 元')
  expect(wrapper.text()).toContain('1100 分 2026-05-01 到期')
  expect(wrapper.text()).toContain('贷款查不到')
  expect(wrapper.find('ol').text()).toContain('下周联系')
})

it('narrows the timeline, and a note goes on top of it', async () => {
  const { wrapper } = await opened()
  server.on('POST /api/customers/5/notes', () => new Response(null, { status: 204 }))

  await wrapper.findAll('.kinds button').find((one) => one.text() === '投诉')?.trigger('click')
  await flushPromises()
  await wrapper.find('.note textarea').setValue(' 客户喜欢电话 ')
  await wrapper.find('.note').trigger('submit')
  await flushPromises()

  expect(server.to('/api/customers/5/timeline').at(-1)?.search).toContain('kind=complaint')
  expect(server.to('/api/customers/5/notes')[0]?.body).toEqual({ text: '客户喜欢电话' })
  expect(server.to('/api/customers/5/timeline')).toHaveLength(3)
})

it('puts a tag on with where it was learned', async () => {
  const { wrapper } = await opened()
  server.on('POST /api/customers/5/tags', () => new Response(null, { status: 204 }))
  const [tag, source] = wrapper.findAll('select')

  await tag?.setValue('seasonal')
  await source?.setValue('call')
  await tag?.element.closest('form')?.dispatchEvent(new Event('submit'))
  await flushPromises()

  expect(server.to('/api/customers/5/tags')[0]?.body).toEqual({ tag: 'seasonal', source: 'call' })
})

it('shows somebody else’s customer without phone, words and the bank', async () => {
  server.on('GET /api/customers/5', () => json(aProfile({ customer: aCustomerRow({ is_his: false }) })))

  const { wrapper } = await opened()

  expect(wrapper.text()).toContain('不是您的客户')
  expect(server.to('/api/customers/5/bank')).toHaveLength(0)
  expect(wrapper.find('.note').exists()).toBe(false)
})

it('gives a branch no tags and no chat', async () => {
  const { wrapper } = await opened('branch')

  expect(server.to('/api/customer-tags')).toHaveLength(0)
  expect(wrapper.text()).not.toContain('看最近的对话')
  expect(wrapper.findAll('.kinds button').map((one) => one.text())).toEqual(['全部', '转介', '银行通知', '授权'])
})

it('says that the bank is away and asks again', async () => {
  server.on('GET /api/customers/5/bank', () => problem(503, 'bank_unavailable'))
  const { wrapper } = await renderAt('/customers/5', CustomerBank, { id: 5 })
  await flushPromises()
  expect(wrapper.text()).toContain('银行系统暂时查不到')

  server.on('GET /api/customers/5/bank', () => json({ ...BANK, is_bound: false }))
  await wrapper.find('button').trigger('click')
  await flushPromises()

  expect(wrapper.text()).toContain('没有绑定企业')
})
