import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'

import { forgetRecord, noteFrame } from '../composables/useStreamRecord'
import { render } from '../test/render'
import { json, Server } from '../test/server'
import ConnectionCheck from './ConnectionCheck.vue'

let server: Server

beforeEach(() => {
  forgetRecord()
  server = new Server()
  server.on('GET /api/handoffs', () => json({ items: [], next: null }))
  server.on('GET /api/counters', () => json({}))
  noteFrame('hello', '10')
  noteFrame('line.added', '12')
})

async function check(ids: number[], isWhole = true): Promise<string> {
  server.on('GET /api/events/heard', () => json({ ids, is_whole: isWhole, newest: 12 }))
  const page = render(ConnectionCheck, { state: 'live', modelValue: false })
  await page.setProps({ modelValue: true })
  await flushPromises()
  const told = document.querySelector('.verdict')?.textContent ?? ''
  page.unmount()
  return told
}

it('says that nothing is missing', async () => {
  expect(await check([12])).toContain('一条不少')
  expect(server.to('/api/events/heard')[0]?.search).toBe('?after=10&until=12')
})

it('counts what never came', async () => {
  expect(await check([11, 12])).toContain('漏了 1 条')
})

it('says so when not everything can be compared', async () => {
  expect(await check([12], false)).toContain('更早的记录')
})
