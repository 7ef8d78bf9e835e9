import { type DOMWrapper, flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { useFollowups } from '../stores/followups'
import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aMe } from '../test/samples'
import { json, problem, Server } from '../test/server'
import { aFollowup, aSheet } from '../test/workSamples'
import FollowupSheet from './FollowupSheet.vue'

vi.mock('element-plus', async (load) => ({ ...(await load<object>()), ElMessage: { success: vi.fn(), error: vi.fn() } }))

let server: Server

beforeEach(() => {
  server = new Server().on('GET /api/followups', () => json({ items: [], next: null, overdue: 0 }))
  useMe().user = aMe({ username: 'rep03' })
  useFollowups().openId = 5
})

const show = (sheet = aSheet()): VueWrapper => render(FollowupSheet, { sheet })
const buttons = (page: VueWrapper, name: string): DOMWrapper<HTMLButtonElement>[] =>
  page.findAll('button').filter((one) => one.text().startsWith(name))

function button(page: VueWrapper, name: string): DOMWrapper<HTMLButtonElement> {
  const [found] = buttons(page, name)
  if (!found) throw new Error(`there is no button ${name}`)
  return found
}

describe('the work sheet of a call', () => {
  it('shows who is asked for, and no more, before the customer is confirmed', () => {
    const text = show().text()

    expect(text).toContain('王*')
    expect(text).toContain('确认本人后显示客户信息')
  })

  it('reports 本人 with one click and how long the call has been', async () => {
    server.on('POST /api/followups/5/attempts', () => json(aSheet()))

    await button(show(), '本人').trigger('click')
    await flushPromises()

    expect(server.to('/api/followups/5/attempts')[0]?.body).toMatchObject({ code: 'himself', duration_s: 0 })
  })

  it('asks once more before the wrong person ends the call, with the polite words', async () => {
    const page = show()

    await button(page, '非本人').trigger('click')

    expect(server.to('/api/followups/5/attempts')).toEqual([])
    expect(page.text()).toContain('不好意思打扰您了')
  })

  it('wants the new number before it is written down', async () => {
    const page = show()
    await button(page, '改号').trigger('click')

    expect(button(page, '记下结果').attributes('disabled')).toBeDefined()
    await page.find('input[inputmode="tel"]').setValue('13900001111')
    expect(button(page, '记下结果').attributes('disabled')).toBeUndefined()
  })

  it('keeps shut what comes later, and cannot be closed while something is missing', () => {
    const page = show()

    expect(page.find<HTMLInputElement>('input[type="checkbox"][name="tip"]').element.disabled).toBe(true)
    expect(page.find('.finish').text()).toContain('还差：确认是本人、出租出借账户、刷流水都是骗局')
    expect(button(page, '结束回访').attributes('disabled')).toBeDefined()
  })

  it('walks the questions to the cause', async () => {
    server.on('POST /api/followups/5/diagnosis', () => json(aSheet()))
    const page = show()

    await button(page, '帮客户排查').trigger('click')
    await button(page, '灯亮').trigger('click')
    await flushPromises()

    expect(server.to('/api/followups/5/diagnosis')[0]?.body).toEqual({ tree: 'ukey', answers: ['灯亮'] })
  })

  it('closes with the outcome, the words and the next call', async () => {
    server.on('POST /api/followups/5/done', () => new Response(null, { status: 204 })).on('GET /api/followups/5', () => json(aSheet()))
    const page = show(aSheet({ missing: [] }))

    await page.find('input[name="followup-outcome"][value="told"]').setValue()
    await page.find('textarea').setValue('教他打95588')
    await page.find('.finish .times button:nth-child(2)').trigger('click')
    await page.find('input[aria-label="下次做什么"]').setValue('看看能不能登录')
    await page.find('.finish').trigger('submit')
    await flushPromises()

    expect(server.to('/api/followups/5/done')[0]?.body).toMatchObject({ outcome: 'told', result: '教他打95588', next: { reason: '看看能不能登录' } })
  })

  it('refers the customer to his branch with what is known of the call', async () => {
    server
      .on('GET /api/branches', () => json({ items: ['历下支行', '鼓楼支行'] }))
      .on('POST /api/referrals', () => json({ number: 'ZJ20261124N00001' }))
      .on('GET /api/followups/5', () => json(aSheet()))
    const page = show()

    await button(page, '转介网点').trigger('click')
    await flushPromises()
    const dialog = document.querySelector('[role="dialog"] form')
    dialog?.dispatchEvent(new Event('submit'))
    await flushPromises()

    expect(server.to('/api/referrals')[0]?.body).toEqual({
      customer_id: 8,
      followup_id: 5,
      reason: 'documents',
      ask: '回访事由：新开户：核对联系电话',
      branch: '鼓楼支行',
    })
    expect(server.to('/api/followups/5')).toHaveLength(1)
  })

  it('shows the referral that is under way instead of making another', () => {
    const page = show(aSheet({ referral: { ask: '', branch: null, number: 'ZJ20261124N00001' } }))

    expect(buttons(page, '转介网点')).toEqual([])
    expect(page.text()).toContain('已转介 ZJ20261124N00001')
  })

  it('offers only the referral for a task to refer', () => {
    const page = show(aSheet({ item: aFollowup({ kind: 'branch' }), missing: [] }))

    expect(buttons(page, '空号')).toEqual([])
    expect(button(page, '转介网点').classes()).toContain('primary')
  })

  it("leaves a colleague's alone", () => {
    const page = show(aSheet({ item: aFollowup({ owner: 'rep04', owner_name: '小郑', state: 'claimed' }) }))

    expect(buttons(page, '本人')).toEqual([])
    expect(page.find('.finish').exists()).toBe(false)
  })

  it('says what the server still misses', async () => {
    const { ElMessage } = await import('element-plus')
    server.on('POST /api/followups/5/attempts', () => problem(409, 'checklist_incomplete', { missing: ['防诈提醒', '约定下一步'] }))
    const page = show()

    await button(page, '已办成').trigger('click')
    await page.find('.results form').trigger('submit')
    await flushPromises()

    expect(ElMessage.error).toHaveBeenCalledWith('还没做完：防诈提醒、约定下一步')
  })
})
