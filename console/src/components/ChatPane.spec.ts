import { beforeEach, describe, expect, it } from 'vitest'

import type { Handoff, HandoffItem } from '../api/types'
import { useChat } from '../stores/chat'
import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aHandoff, aLine, aMe, anItem, someTimes } from '../test/samples'
import { json, Server } from '../test/server'
import ChatPane from './ChatPane.vue'

const FAR = '2999-01-01T00:00:00Z'

beforeEach(() => {
  new Server().on('GET /api/handoffs/1/call-times', () => json(someTimes()))
})

function pane(item: Partial<HandoffItem>, connection = 'live', more: Partial<Handoff> = {}): ReturnType<typeof render> {
  useMe().user = aMe()
  useChat().show(aHandoff({ item: anItem({ allowance: { left: 3, free: 2, closes_at: FAR }, ...item }), ...more }))
  return render(ChatPane, { id: 1, connection, card: null })
}

describe('the composer', () => {
  it('is there for the rep who owns the chat', () => {
    expect(pane({}).find('textarea').exists()).toBe(true)
  })

  it.each<[string, Partial<HandoffItem>, string]>([
    ["a colleague's chat", { rep: 'rep02', rep_name: '小孙' }, '小孙正在接待'],
    ['a waiting customer', { owner: 'queued', rep: null }, '接入后才能回复'],
    ['a closed chat', { owner: 'closed', outcome: 'solved' }, '对话已结束'],
  ])('gives way to the reason for %s', (_name, item, reason) => {
    const wrapper = pane(item)

    expect(wrapper.find('.readonly').text()).toContain(reason)
    expect(wrapper.find('.composer').exists()).toBe(false)
  })

  it('can be written into but not sent from while the connection is down', async () => {
    const wrapper = pane({}, 'lost')

    await wrapper.find('textarea').setValue('先写着')

    expect(wrapper.find('.composer .primary').attributes('disabled')).toBeDefined()
    expect(wrapper.find('.composer').text()).toContain('连接中断')
  })

  it.each<[string, Partial<HandoffItem>, string]>([
    ['closed', { last_customer_at: '2020-01-01T00:00:00Z' }, '48 小时窗口已关闭'],
    ['used up', { last_customer_at: new Date().toISOString() }, '5 条已用完'],
  ])('turns into a call-back in place when the window is %s', (_name, item, words) => {
    const wrapper = pane({ allowance: { left: 0, free: 0, closes_at: null }, ...item })

    expect(wrapper.find('.closed').text()).toContain(words)
    expect(wrapper.find('form.call').exists()).toBe(true)
    expect(wrapper.find('.composer').exists()).toBe(false)
  })

  it('stays while the last lines still wait for more', () => {
    const lines = [aLine({ speaker: 'rep', held_until: FAR })]
    const wrapper = pane({ allowance: { left: 0, free: 0, closes_at: null } }, 'live', { lines })

    expect(wrapper.find('.merging').text()).toContain('合并发送中')
    expect(wrapper.find('.composer').exists()).toBe(true)
  })

  it('offers what can still be done before the window ends', () => {
    const window = { why: 'unanswered', ends_at: FAR, is_invited: false, promised_at: null, rating_held: null } as const

    expect(pane({}, 'live', { window }).find('.rescue').text()).toContain('客户的话还没回')
  })
})
