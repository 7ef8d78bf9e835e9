import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { loadColleagues } from '../composables/useColleagues'
import { forgetDrafts } from '../composables/useDraft'
import { useChat } from '../stores/chat'
import { useMe } from '../stores/me'
import { useNotes } from '../stores/notes'
import { aNote } from '../test/composingSamples'
import { render } from '../test/render'
import { aHandoff, aMe, anItem } from '../test/samples'
import { json, problem, Server } from '../test/server'
import ChatPane from './ChatPane.vue'

const FAR = '2999-01-01T00:00:00Z'
const NOTES = '/api/handoffs/1/notes'

let server: Server
let wrapper: VueWrapper

const press = (code: string): boolean => window.dispatchEvent(new KeyboardEvent('keydown', { code, altKey: true, cancelable: true }))
const box = (): ReturnType<VueWrapper['find']> => wrapper.find('.notes textarea')
const value = (): string => (box().element as HTMLTextAreaElement).value
const rep = (username: string, display_name: string): object => ({ username, display_name, skills: ['loan'], status: 'ready', load: 0, capacity: 3 })

async function pane(over: Parameters<typeof anItem>[0] = {}, me: Parameters<typeof aMe>[0] = {}): Promise<void> {
  useMe().user = aMe(me)
  useChat().show(aHandoff({ item: anItem({ allowance: { left: 3, free: 3, closes_at: FAR }, ...over }) }))
  wrapper = render(ChatPane, { id: 1, connection: 'live', card: null })
  await flushPromises()
}

beforeEach(async () => {
  forgetDrafts()
  server = new Server()
  server.on(`GET ${NOTES}`, () => json({ notes: [], has_earlier: false }))
  server.on(`POST ${NOTES}`, (asked) => json(aNote({ text: String(asked.body?.text), author: 'rep01', author_name: '小钱' }), 201))
  server.on('GET /api/reps', () => json({ items: [rep('rep01', '小钱'), rep('rep02', '小孙'), rep('rep03', '小孙丽')], skills: [] }))
  await loadColleagues()
})

afterEach(() => wrapper.unmount())

describe('a note', () => {
  it('goes to colleagues and never through the box for customers', async () => {
    await pane()
    await wrapper.find('.composer textarea').setValue('给客户的话')

    press('KeyM')
    await flushPromises()
    expect(wrapper.find('.composer').exists()).toBe(false)
    expect(wrapper.find('.bar p').text()).toBe('仅同事可见，不会发给客户')
    expect(value()).toBe('')
    await box().setValue('已核实本人')
    await box().trigger('keydown', { key: 'Enter' })
    await flushPromises()

    expect(server.to(NOTES).filter((asked) => asked.method === 'POST').map((asked) => asked.body?.text)).toEqual(['已核实本人'])
    expect(server.to('/api/handoffs/1/replies')).toEqual([])
    expect(wrapper.find('article.note').text()).toContain('已核实本人')
    press('KeyM')
    await flushPromises()
    expect((wrapper.find('.composer textarea').element as HTMLTextAreaElement).value).toBe('给客户的话')
  })

  it('stays in the box when it could not be kept, under the same key', async () => {
    await pane()
    server.on(`POST ${NOTES}`, () => problem(503, 'retry_later'))
    press('KeyM')
    await flushPromises()
    await box().setValue('已核实本人')

    for (let times = 0; times < 2; times++) {
      await box().trigger('keydown', { key: 'Enter' })
      await flushPromises()
    }

    expect(value()).toBe('已核实本人')
    const keys = server.to(NOTES).filter((asked) => asked.method === 'POST').map((asked) => asked.body?.client_key)
    expect(keys).toHaveLength(2)
    expect(new Set(keys).size).toBe(1)
  })

  it('is not sent while an input method composes', async () => {
    await pane()
    press('KeyM')
    await flushPromises()
    await box().setValue('yiheshi')

    await box().trigger('keydown', { key: 'Enter', isComposing: true })

    expect(server.to(NOTES).filter((asked) => asked.method === 'POST')).toEqual([])
  })
})

describe('mentions', () => {
  it('completes a colleague behind an @ and names him', async () => {
    await pane()
    press('KeyM')
    await flushPromises()

    await box().setValue('@小')
    expect(wrapper.findAll('[role="option"]').map((one) => one.text())).toEqual(['小孙 rep02', '小孙丽 rep03'])
    await box().trigger('keydown', { key: 'ArrowDown' })
    await box().trigger('keydown', { key: 'Enter' })
    expect(value()).toBe('@小孙丽 ')
    await box().setValue('@小孙丽 帮看一下，@小孙 也看看，别发@小钱')
    await box().trigger('keydown', { key: 'Escape' })
    await box().trigger('keydown', { key: 'Enter' })
    await flushPromises()

    expect(server.to(NOTES).at(-1)?.body?.mentions).toEqual(['rep03', 'rep02'])
  })

  it('shuts the list on Esc', async () => {
    await pane()
    press('KeyM')
    await flushPromises()
    await box().setValue('@')

    await box().trigger('keydown', { key: 'Escape' })

    expect(wrapper.find('[role="listbox"]').exists()).toBe(false)
  })
})

describe('who looks on', () => {
  it('may note beside a colleague’s chat, which a supervisor’s word whispers to him', async () => {
    await pane({ rep: 'rep02', rep_name: '小孙' }, { username: 'supervisor01', role: 'supervisor' })
    expect(wrapper.find('.readonly').exists()).toBe(true)

    press('KeyM')
    await flushPromises()

    expect(wrapper.find('.bar p').text()).toContain('会提醒小孙')
  })

  it('sees notes among the lines, a whisper as such', async () => {
    await pane()
    server.on(`GET ${NOTES}`, () => json({ notes: [aNote({ author: 'supervisor01', author_name: '李主管', whispered_to: 'rep01', text: '先报警' })], has_earlier: false }))

    await useNotes().load(1)
    await flushPromises()

    expect(wrapper.find('article.note').text()).toContain('李主管 对 小钱 说')
    expect(wrapper.find('article.note').text()).toContain('客户看不到')
  })
})

describe('when somebody else takes the chat', () => {
  it('what was being written stays, is not sent, and can be handed on as a note', async () => {
    await pane()
    await wrapper.find('.composer textarea').setValue('我写了很久的话')

    useChat().show(aHandoff({ item: anItem({ version: 9, rep: 'rep02', rep_name: '小孙' }) }))
    await flushPromises()

    expect(wrapper.find('.composer').exists()).toBe(false)
    expect(wrapper.find('.readonly').text()).toContain('小孙正在接待')
    expect(wrapper.find('.kept .text').text()).toBe('我写了很久的话')
    expect(server.to('/api/handoffs/1/replies')).toEqual([])
    await wrapper.findAll('.kept button')[1]?.trigger('click')
    await flushPromises()
    expect(value()).toBe('我写了很久的话')
  })
})
