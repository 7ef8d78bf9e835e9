import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'

import { useMe } from '../stores/me'
import { useNotes } from '../stores/notes'
import { useViewers, viewersIn } from '../stores/viewers'
import { aMention, aNote } from '../test/composingSamples'
import { render } from '../test/render'
import { aLine, aMe, at } from '../test/samples'
import { json, Server } from '../test/server'
import { withNotes } from '../withNotes'
import ChatViewers from './ChatViewers.vue'
import TopMentions from './TopMentions.vue'

let server: Server

beforeEach(() => {
  server = new Server()
  server.on('GET /api/mentions', () => json({ items: [aMention(), aMention({ id: 8, conversation_id: 3, is_readable: false, is_read: true })], unread: 1, next: null }))
  server.on('POST /api/handoffs/4/mentions/read', () => new Response(null, { status: 204 }))
  useMe().user = aMe()
})

describe('mentions', () => {
  it('count what is unread, lead to the chat and are read by that', async () => {
    await useNotes().loadMentions()
    const wrapper = render(TopMentions)
    expect(wrapper.find('button').attributes('aria-label')).toBe('提到我的，1 条未读')

    await wrapper.find('button').trigger('click')
    await flushPromises()
    document.querySelector<HTMLButtonElement>('.el-popover li button')?.click()
    await flushPromises()

    expect(wrapper.emitted('open')).toEqual([[4]])
    expect(server.to('/api/handoffs/4/mentions/read')).toHaveLength(1)
    wrapper.unmount()
  })

  it('do not lead to a chat that is over', async () => {
    await useNotes().loadMentions()
    const wrapper = render(TopMentions)
    await wrapper.find('button').trigger('click')
    await flushPromises()

    const over = [...document.querySelectorAll<HTMLButtonElement>('.el-popover li button')].at(-1)
    expect(over?.textContent).toContain('对话已结束')
    over?.click()

    expect(wrapper.emitted('open')).toBeUndefined()
    wrapper.unmount()
  })
})

describe('who else looks', () => {
  const viewer = (rep: string, name: string, is_typing = false): object => ({ rep, name, is_typing })

  it.each([
    [[viewer('rep01', '小钱', true)], ''],
    [[viewer('sup', '李主管')], '李主管 正在查看'],
    [[viewer('sup', '李主管'), viewer('rep02', '小孙', true)], '小孙 正在输入'],
    [[viewer('a', '甲'), viewer('b', '乙'), viewer('c', '丙'), viewer('d', '丁')], '甲、乙、丙 等 4 人 正在查看'],
    [[{ rep: 1 }, null, 'x'], ''],
  ])('of %j says %s', (found, said) => {
    useViewers().set(1, viewersIn(found))

    const wrapper = render(ChatViewers, { id: 1 })

    expect(wrapper.text()).toBe(said)
    wrapper.unmount()
  })
})

it('puts notes between the lines by their time, older ones only when the first line is there', () => {
  const lines = [aLine({ id: 1, at: at(-40) }), aLine({ id: 2, at: at(-20) })]
  const notes = [aNote({ id: 5, at: at(-60) }), aNote({ id: 6, at: at(-30) })]
  const order = (hasEarlier: boolean): string[] => withNotes(lines, notes, hasEarlier).map(({ line, note }) => (note ? `n${note.id}` : `l${line?.id}`))

  expect(order(false)).toEqual(['n5', 'l1', 'n6', 'l2'])
  expect(order(true)).toEqual(['l1', 'n6', 'l2'])
})
