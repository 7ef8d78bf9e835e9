import { flushPromises, RouterLinkStub, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { setServerTime } from '../composables/useNow'
import { useBoard } from '../stores/board'
import { useMe } from '../stores/me'
import { mountWithLinks } from '../test/links'
import { aMe, at } from '../test/samples'
import { json, problem, Server } from '../test/server'
import { aBoard, anAlert, aRep, aWaiting, noFigures } from '../test/supervision'
import AlertBell from './AlertBell.vue'
import AlertList from './AlertList.vue'
import BoardDesks from './BoardDesks.vue'
import BoardReps from './BoardReps.vue'
import BoardTotals from './BoardTotals.vue'
import BoardWaiting from './BoardWaiting.vue'

const push = vi.hoisted(() => vi.fn())
vi.mock('vue-router', async (original) => ({ ...(await original<object>()), useRouter: () => ({ push }) }))

let server: Server
let wrapper: VueWrapper

beforeEach(() => {
  server = new Server()
  server.on('GET /api/board', () => json(aBoard()))
  useMe().user = aMe({ role: 'supervisor' })
  setServerTime(at(0))
})

afterEach(() => {
  wrapper.unmount()
  document.body.replaceChildren()
  push.mockClear()
})

const none = (): Response => new Response(null, { status: 204 })

it('shows a dash where there is nothing to divide by, and colours a level below the aim', () => {
  wrapper = mountWithLinks(BoardTotals, { board: aBoard() })
  expect(wrapper.text()).toContain('20 秒服务水平—')
  wrapper.unmount()

  wrapper = mountWithLinks(BoardTotals, { board: aBoard({ total: { ...noFigures, service_level: 79, answer_rate: 95 } }) })

  expect(wrapper.findAll('.hot').map((one) => one.text())).toEqual(['1', '01:15', '79%'])
  expect(wrapper.text()).toContain('接通率95%')
})

it('marks an open desk with nobody ready', () => {
  const [desk] = aBoard().desks
  wrapper = mountWithLinks(BoardDesks, { desks: [{ ...desk, ready: 0 }, { ...desk, skill: 'ebank', name: '网银', ready: 0, is_open: false }] })

  expect(wrapper.findAll('td.hot').map((one) => one.text())).toEqual(['01:15', '0', '01:15'])
  expect(wrapper.text()).toContain('非服务时间')
})

it('lists who waits longest first as the server ordered, and asks whom to give', async () => {
  wrapper = mountWithLinks(BoardWaiting, { waiting: [aWaiting(), aWaiting({ id: 10, label: '李会计', queued_at: at(-5), offered_to: 'rep01' })], desks: aBoard().desks })
  useBoard().board = aBoard()
  await flushPromises()

  const rows = wrapper.findAll('li')
  expect(rows[0]?.text()).toContain('01:15')
  expect(rows[0]?.find('.hot').exists()).toBe(true)
  expect(rows[1]?.text()).toContain('正在邀请 小钱')
  await rows[0]?.find('button').trigger('click')
  expect(wrapper.emitted('assign')?.[0]).toEqual([aWaiting()])
})

it('opens what a rep holds, with who waits for a word', async () => {
  wrapper = mountWithLinks(BoardReps, { reps: [aRep()], desks: aBoard().desks })
  expect(wrapper.text()).toContain('1 位，最长 01:30')

  await wrapper.find('.name').trigger('click')

  expect(wrapper.find('.chat').text()).toContain('陶先生已等 01:30')
  expect(wrapper.findComponent(RouterLinkStub).props('to')).toEqual({ name: 'desk', params: { id: 7 } })
})

it.each([
  [aRep({ is_on_shift: null, shift_ends_at: null }), '未排班'],
  [aRep({ is_on_shift: false }), '不在班'],
  [aRep({ away_until: at(7200), is_on_shift: false }), '请假，至 16:00'],
  [aRep(), '在班，至 15:00'],
  [aRep({ is_connected: false }), '页面已断开'],
])('says whether a rep should be there (%#)', (rep, words) => {
  wrapper = mountWithLinks(BoardReps, { reps: [rep], desks: [] })

  expect(wrapper.text()).toContain(words)
})

it('keeps to one desk when asked', async () => {
  wrapper = mountWithLinks(BoardReps, { reps: [aRep(), aRep({ username: 'rep03', display_name: '小吴', skills: ['ebank'] })], desks: aBoard().desks })

  await wrapper.find('h2 select').setValue('loan')

  expect(wrapper.text()).not.toContain('小吴')
})

it("sets a rep's status and reads the board anew", async () => {
  server.on('PUT /api/reps/rep01/status', none)
  wrapper = mountWithLinks(BoardReps, { reps: [aRep()], desks: [] })

  await wrapper.find('td select').setValue('break')
  await flushPromises()

  expect(server.to('/api/reps/rep01/status')[0]?.body).toEqual({ status: 'break' })
  expect(server.to('/api/board')).toHaveLength(1)
  expect(document.body.textContent).toContain('小钱已改为“小休”，已通知本人')
})

it('says why nobody else can make him ready', async () => {
  server.on('PUT /api/reps/rep01/status', () => problem(409, 'rep_not_there'))
  wrapper = mountWithLinks(BoardReps, { reps: [aRep({ status: 'break' })], desks: [] })

  await wrapper.find('td select').setValue('ready')
  await flushPromises()

  expect(document.body.textContent).toContain('页面没有打开')
})

it('tells what an alert is about and lets one look after it', async () => {
  server.on('GET /api/alerts', () => json({ items: [anAlert(), anAlert({ id: 2, kind: 'low_rating', state: 'seen', seen_by: 'rep01', ends_by_hand: true })], open: 1, next: null }))
  server.on('POST /api/alerts/1/seen', () => json(anAlert({ state: 'seen' })))
  server.on('POST /api/alerts/2/close', () => json(anAlert({ id: 2, state: 'closed' })))
  useBoard().board = aBoard()
  await useBoard().refreshAlerts()
  wrapper = mountWithLinks(AlertList)

  expect(wrapper.text()).toContain('普惠专属服务代表有客户已等 02:10，超过 120 秒')
  expect(wrapper.text()).toContain('小钱在处理')
  for (const button of wrapper.findAll('button')) await button.trigger('click')
  await flushPromises()

  expect(server.to('/api/alerts/1/seen')).toHaveLength(1)
  expect(server.to('/api/alerts/2/close').length + server.to('/api/alerts').length).toBeGreaterThan(1)
})

it('leads from a push that waits for somebody to the push', async () => {
  const stuck = anAlert({ kind: 'push_stuck', skill: null, skill_name: null, conversation_id: null, figures: { campaign_id: 12 } })
  server.on('GET /api/alerts', () => json({ items: [stuck], open: 1, next: null }))
  await useBoard().refreshAlerts()
  wrapper = mountWithLinks(AlertList)

  expect(wrapper.text()).toContain('需要有人决定怎么处理')
  expect(wrapper.findAllComponents(RouterLinkStub).map((one) => one.props('to'))).toEqual([{ name: 'campaigns', params: { id: '12' } }])
})

it('counts on the bell what nobody looked at, for supervisors alone', async () => {
  server.on('GET /api/alerts', () => json({ items: [], open: 120, next: null }))
  wrapper = mountWithLinks(AlertBell)
  await flushPromises()
  expect(wrapper.find('b').text()).toBe('99+')
  expect(wrapper.find('[role="status"]').text()).toBe('预警：120 条未看')
  wrapper.unmount()
  server.asked.length = 0

  useMe().user = aMe({ role: 'rep' })
  wrapper = mountWithLinks(AlertBell)
  await flushPromises()

  expect(wrapper.find('.bell').exists()).toBe(false)
  expect(server.asked).toEqual([])
})
