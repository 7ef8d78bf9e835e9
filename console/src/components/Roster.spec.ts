import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { loadDuty } from '../composables/useDuty'
import { setServerTime } from '../composables/useNow'
import { mountWithLinks } from '../test/links'
import { at } from '../test/samples'
import { json, problem, Server } from '../test/server'
import { aRoster, aRow } from '../test/supervision'
import RosterWeek from './RosterWeek.vue'
import TopDuty from './TopDuty.vue'

let server: Server
let wrapper: VueWrapper

const none = (): Response => new Response(null, { status: 204 })

beforeEach(() => {
  server = new Server()
  server.on('GET /api/rosters', () => json(aRoster()))
  setServerTime(at(0))
})

afterEach(() => {
  wrapper.unmount()
  document.body.replaceChildren()
})

async function open(): Promise<void> {
  wrapper = mountWithLinks(RosterWeek)
  await flushPromises()
}

const dialog = (): HTMLElement => document.querySelector<HTMLElement>('.el-dialog') ?? document.body

function fill(selector: string, value: string): void {
  const input = dialog().querySelector<HTMLInputElement>(selector)
  if (!input) throw new Error(`nothing matches ${selector}`)
  input.value = value
  input.dispatchEvent(new Event(input.tagName === 'SELECT' ? 'change' : 'input'))
}

async function submit(): Promise<void> {
  dialog().querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }))
  await flushPromises()
}

it('puts a shift on a day, keeping the others, under the version it saw', async () => {
  server.on('PUT /api/reps/rep01/week', none)
  await open()

  await wrapper.find('select[aria-label="小钱 周三"]').setValue('late')
  await flushPromises()

  expect(server.to('/api/reps/rep01/week')[0]?.body).toEqual({
    seen: 4,
    monday: '2026-03-09',
    shifts: [{ on: '2026-03-10', template: 'day' }, { on: '2026-03-11', template: 'late' }],
  })
  expect(server.to('/api/rosters').at(-1)?.search).toBe('?day=2026-03-09')
})

it('takes a shift away', async () => {
  server.on('PUT /api/reps/rep01/week', none)
  await open()

  await wrapper.find('select[aria-label="小钱 周二"]').setValue('')
  await flushPromises()

  expect(server.to('/api/reps/rep01/week')[0]?.body?.shifts).toEqual([])
})

it('tells that a colleague was faster and shows what is there now', async () => {
  server.on('PUT /api/reps/rep01/week', () => problem(409, 'version_state_conflict'))
  await open()

  await wrapper.find('select[aria-label="小钱 周三"]').setValue('late')
  await flushPromises()

  expect(document.body.textContent).toContain('同事刚改过这个人的排班')
  expect(server.to('/api/rosters')).toHaveLength(2)
})

it('goes from week to week and copies the one before', async () => {
  server.on('POST /api/rosters/copy', () => json({ reps: 2 }))
  await open()

  await wrapper.findAll('button').find((one) => one.text() === '下一周')?.trigger('click')
  await wrapper.find('.copy').trigger('click')
  await flushPromises()

  expect(server.to('/api/rosters')[1]?.search).toBe('?day=2026-03-16')
  expect(server.to('/api/rosters/copy')[0]?.body).toEqual({ source: '2026-03-02', target: '2026-03-09' })
  expect(document.body.textContent).toContain('复制给 2 人')
})

it('changes desks and capacity of a person', async () => {
  server.on('PUT /api/reps/rep01', none)
  await open()
  await wrapper.find('[aria-label="修改小钱的技能组和上限"]').trigger('click')
  await flushPromises()

  dialog().querySelector<HTMLInputElement>('input[value="ebank"]')?.click()
  fill('input[type="number"]', '6')
  await submit()

  expect(server.to('/api/reps/rep01')[0]?.body).toEqual({ seen: 4, skills: ['loan', 'ebank'], capacity: 6 })
  expect(document.querySelector('.el-dialog')).toBeNull()
})

it("enters an absence by the bank's wall clock, with a deputy and what he should know", async () => {
  server.on('POST /api/reps/rep01/absences', none)
  await open()
  await wrapper.find('[aria-label="登记小钱请假"]').trigger('click')
  await flushPromises()

  const [from, to] = dialog().querySelectorAll<HTMLInputElement>('input[type="datetime-local"]')
  for (const [input, value] of [[from, '2026-03-11T09:00'], [to, '2026-03-12T00:00']] as const) {
    if (input) input.value = value
    input?.dispatchEvent(new Event('input'))
  }
  fill('label:nth-of-type(4) select', 'rep02')
  fill('textarea', '续贷周五到期')
  await flushPromises()
  await submit()

  expect(server.to('/api/reps/rep01/absences')[0]?.body).toEqual({
    seen: 4, away_for: 'leave', deputy: 'rep02', note: '续贷周五到期', starts_at: '2026-03-11T01:00:00.000Z', ends_at: '2026-03-11T16:00:00.000Z',
  })
})

it('stays open and says why an absence cannot be', async () => {
  server.on('POST /api/reps/rep01/absences', () => problem(422, 'roster_conflict', { reason: 'overlap' }))
  await open()
  await wrapper.find('[aria-label="登记小钱请假"]').trigger('click')
  await flushPromises()

  for (const input of dialog().querySelectorAll<HTMLInputElement>('input[type="datetime-local"]')) {
    input.value = '2026-03-11T09:00'
    input.dispatchEvent(new Event('input'))
  }
  await submit()

  expect(document.body.textContent).toContain('重叠')
  expect(document.querySelector('.el-dialog')).not.toBeNull()
})

it('shows who is away, on which days, with his deputy', async () => {
  const absence = { id: 3, away_for: 'leave', starts_at: '2026-03-11T01:00:00Z', ends_at: '2026-03-12T16:00:00Z', deputy: 'rep02', note: '' } as const
  server.on('GET /api/rosters', () => json(aRoster({ reps: [aRow({ absences: [absence] }), aRow({ username: 'rep02', display_name: '小周' })] })))
  await open()

  const row = wrapper.find('tbody tr')

  expect(row.text()).toContain('休假 03-11 至 03-12')
  expect(row.text()).toContain('代班：小周')
  expect(row.findAll('td.away')).toHaveLength(2)
})

it('gives a customer by his chat and undoes it', async () => {
  const customer = { follower_id: 5, label: '陶先生', firm_name: '陶记餐饮', conversation_id: 7 }
  server.on('GET /api/reps/rep01/customers', () => json({ items: [customer], next: null }))
  server.on('POST /api/reps/rep01/customers', none)
  server.on('DELETE /api/reps/rep01/customers/5', none)
  await open()
  await wrapper.find('[aria-label="小钱的专属客户"]').trigger('click')
  await flushPromises()

  fill('input', 'https://console.example/desk/7')
  await flushPromises()
  await submit()
  dialog().querySelector<HTMLButtonElement>('[aria-label="解除与陶先生的专属关系"]')?.click()
  await flushPromises()

  expect(server.asked.find((one) => one.method === 'POST')?.body).toEqual({ conversation_id: 7 })
  expect(server.to('/api/reps/rep01/customers/5')).toHaveLength(1)
})

it.each([
  [{ shift_starts_at: at(-60), shift_ends_at: at(3600) }, '班次至 15:00'],
  [{ shift_starts_at: at(3600), shift_ends_at: at(7200) }, '下一班 15:00'],
  [{ away_until: at(3600) }, '请假至 15:00'],
  [{ standing_in: [{ rep: 'rep02', rep_name: '小周', ends_at: at(3600), note: '续贷周五到期' }] }, '代小周'],
])("shows one's own roster on the bar (%#)", async (over, words) => {
  server.on('GET /api/me/duty', () => json({ is_rostered: true, shift_starts_at: null, shift_ends_at: null, away_until: null, standing_in: [], ...over }))
  await loadDuty()
  wrapper = mountWithLinks(TopDuty)
  await flushPromises()

  expect(wrapper.text()).toContain(words)
})
