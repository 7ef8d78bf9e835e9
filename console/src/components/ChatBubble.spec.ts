import { describe, expect, it } from 'vitest'

import { render } from '../test/render'
import { aLine } from '../test/samples'
import ChatBubble from './ChatBubble.vue'

const bubble = (over: Parameters<typeof aLine>[0], canResend = true): ReturnType<typeof render> =>
  render(ChatBubble, { line: aLine(over), name: '陶先生', time: '14:00', canResend })

describe('a bubble', () => {
  it.each([
    ['queued', null, '发送中'],
    ['sending', null, '发送中'],
    ['sent', null, '已发送'],
    ['failed', 'window_closed', '发送失败：48 小时窗口已关闭'],
    ['failed', '45099', '发送失败：微信返回 45099'],
    ['unknown', 'timeout', '状态未知，可能已送达'],
  ])('in state %s (%s) says %s', (delivery, delivery_reason, words) => {
    expect(bubble({ speaker: 'rep', delivery, delivery_reason }).text()).toContain(words)
  })

  it.each([
    ['window_closed', '未发给客户：48 小时窗口已关闭'],
    ['no_consent', '未发给客户：客户没有同意接收服务通知'],
  ])('tells of a notice that stayed here because of %s', (reason, words) => {
    expect(bubble({ speaker: 'system', detail: { not_sent: reason } }).text()).toContain(words)
    expect(bubble({ speaker: 'system' }).text()).not.toContain('未发给客户')
  })

  it('offers to send again only what surely failed', () => {
    expect(bubble({ speaker: 'rep', delivery: 'failed' }).find('button').exists()).toBe(true)
    expect(bubble({ speaker: 'rep', delivery: 'unknown' }).find('button').exists()).toBe(false)
    expect(bubble({ speaker: 'rep', delivery: 'failed' }, false).find('button').exists()).toBe(false)
  })

  it('shows markup a customer wrote as plain text', () => {
    const wrapper = bubble({ text: '<img src=x onerror=alert(1)>' })

    expect(wrapper.find('img').exists()).toBe(false)
    expect(wrapper.text()).toContain('<img src=x')
  })

  it('shows masked secrets as a mask', () => {
    expect(bubble({ text: '密码是[已屏蔽]，帮我激活' }).find('mark').text()).toBe('已屏蔽')
  })

  it("marks the bot's words and shows its choices", () => {
    const wrapper = bubble({ speaker: 'bot', text: '要转人工吗？', choices: [{ id: 'human:start', text: '人工' }] })

    expect(wrapper.text()).toContain('智能客服')
    expect(wrapper.find('.choices').text()).toBe('人工')
  })
})
