import { describe, expect, it } from 'vitest'

import type { HandoffItem } from '../api/types'
import { useChat } from '../stores/chat'
import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aHandoff, aMe, anItem } from '../test/samples'
import ChatPane from './ChatPane.vue'

const FAR = '2999-01-01T00:00:00Z'

function pane(item: Partial<HandoffItem>, connection = 'live'): ReturnType<typeof render> {
  useMe().user = aMe()
  useChat().show(aHandoff({ item: anItem({ allowance: { left: 3, closes_at: FAR }, ...item }) }))
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
    ['a closed window', { allowance: { left: 0, closes_at: null }, last_customer_at: '2020-01-01T00:00:00Z' }, '48 小时窗口已关闭'],
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

  it('leads to a call-back when nothing may be sent', async () => {
    const wrapper = pane({ allowance: { left: 0, closes_at: null }, last_customer_at: '2020-01-01T00:00:00Z' })

    await wrapper.find('.readonly button').trigger('click')

    const chosen = document.querySelector<HTMLInputElement>('input[name="outcome"]:checked')
    expect(chosen?.value).toBe('followup')
  })
})
