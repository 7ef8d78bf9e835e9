import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ref } from 'vue'

import { forgetDrafts, setDraft, useDraft } from '../composables/useDraft'
import { useChat } from '../stores/chat'
import { useMe } from '../stores/me'
import { aSuggestion } from '../test/composingSamples'
import { render } from '../test/render'
import { aHandoff, aLine, aMe, anItem } from '../test/samples'
import { json, problem, Server } from '../test/server'
import ChatPane from './ChatPane.vue'

const FAR = '2999-01-01T00:00:00Z'
const USES = '/api/handoffs/1/suggestions/uses'

let server: Server
let wrapper: VueWrapper

async function pane(found: Record<string, unknown> = {}): Promise<void> {
  const page = { line_id: 10, by: 'model', risk: null, items: [aSuggestion(), aSuggestion({ source: 'product:x', kind: 'product', card: 'product:jingying_kuaidai', title: '经营快贷', why: 'fits', about: '不用抵押' })], ...found }
  server.on('GET /api/handoffs/1/suggestions', () => json(page))
  useMe().user = aMe()
  useChat().show(aHandoff({ item: anItem({ allowance: { left: 3, free: 3, closes_at: FAR } }) }))
  wrapper = render(ChatPane, { id: 1, connection: 'live', card: null })
  await flushPromises()
}

const press = (code: string): boolean => window.dispatchEvent(new KeyboardEvent('keydown', { code, altKey: true, cancelable: true }))
const box = (): HTMLTextAreaElement => wrapper.find('.composer textarea').element as HTMLTextAreaElement
const uses = (): unknown[] => server.to(USES).map((asked) => [asked.body?.source, asked.body?.use, asked.body?.place])

async function send(): Promise<void> {
  await wrapper.find('.composer textarea').trigger('keydown', { key: 'Enter' })
  await flushPromises()
}

beforeEach(() => {
  forgetDrafts()
  server = new Server()
  server.on(`POST ${USES}`, () => new Response(null, { status: 204 }))
  server.on('POST /api/handoffs/1/replies', () => json(aLine({ id: 11, speaker: 'rep' }), 202))
})

afterEach(() => wrapper.unmount())

describe('one key', () => {
  it('puts the answer into the box, still to be edited, and sends nothing', async () => {
    await pane()

    press('KeyJ')
    await flushPromises()

    expect(box().value).toBe(aSuggestion().text)
    expect(server.to('/api/handoffs/1/replies')).toEqual([])
    expect(uses()).toEqual([])
  })

  it('keeps what was written before it', async () => {
    await pane()
    setDraft(1, '您好，')

    press('KeyJ')
    await flushPromises()

    expect(box().value).toBe(`您好，\n${aSuggestion().text}`)
  })

  it('asks before a suggested card goes out', async () => {
    await pane()

    press('KeyK')
    await flushPromises()

    expect(wrapper.emitted('update:card')?.[0]).toMatchObject([{ id: 'product:jingying_kuaidai', kind: 'product' }])
    expect(box().value).toBe('')
  })

  it('does nothing while a note is being written', async () => {
    await pane()
    press('KeyM')
    await flushPromises()

    press('KeyJ')

    expect(useDraft(ref(1)).value).toBe('')
  })
})

describe('what became of it', () => {
  it('is used when it went as it stood', async () => {
    await pane()
    press('KeyJ')
    await flushPromises()

    await send()

    expect(uses()).toEqual([['answer.e_receipt', 'used', 1]])
  })

  it('is edited when it went with other words', async () => {
    await pane()
    press('KeyJ')
    await flushPromises()
    await wrapper.find('.composer textarea').setValue(`${aSuggestion().text}还有问题随时说。`)

    await send()

    expect(uses()).toEqual([['answer.e_receipt', 'edited', 1]])
  })

  it('is nothing when the box was emptied before', async () => {
    await pane()
    press('KeyJ')
    await flushPromises()
    await wrapper.find('.composer textarea').setValue('')
    await wrapper.find('.composer textarea').setValue('别的话')

    await send()

    expect(uses()).toEqual([])
  })

  it('is told only once the words have gone', async () => {
    await pane()
    server.on('POST /api/handoffs/1/replies', () => problem(422, 'wording_blocked', { findings: [{ rule: 'C5', excerpt: '回单' }] }))
    press('KeyJ')
    await flushPromises()
    await send()
    expect(uses()).toEqual([])

    server.on('POST /api/handoffs/1/replies', () => json(aLine({ id: 11, speaker: 'rep' }), 202))
    await send()

    expect(uses()).toEqual([['answer.e_receipt', 'used', 1]])
  })

  it('is rejected one by one, or all at once', async () => {
    await pane()

    await wrapper.find('.drop').trigger('click')
    expect(wrapper.findAll('.suggestions li')).toHaveLength(1)
    press('Digit0')
    await flushPromises()

    expect(uses()).toEqual([
      ['answer.e_receipt', 'rejected', 1],
      ['product:x', 'rejected', 1],
    ])
    expect(wrapper.find('.suggestions').exists()).toBe(false)
  })
})

describe('the list', () => {
  it('is read anew when the customer writes', async () => {
    await pane()
    server.on('GET /api/handoffs/1/suggestions', () => json({ line_id: 12, by: 'model', risk: null, items: [aSuggestion({ title: '重置密码' })] }))

    useChat().addLine(1, aLine({ id: 12, text: '密码忘了' }))
    await flushPromises()

    expect(wrapper.find('.suggestions').text()).toContain('重置密码')
  })

  it('is not asked for by whoever only looks on', async () => {
    await pane()
    server.asked.length = 0

    useChat().show(aHandoff({ item: anItem({ version: 9, rep: 'rep02' }) }))
    useChat().addLine(1, aLine({ id: 12, text: '密码忘了' }))
    await flushPromises()

    expect(server.to('/api/handoffs/1/suggestions')).toEqual([])
  })

  it('says when the model is away and what bounds it', async () => {
    await pane({ by: 'keywords' })
    expect(wrapper.find('.suggestions').text()).toContain('智能模型暂不可用')
    wrapper.unmount()

    await pane({ risk: 'fraud' })
    expect(wrapper.find('.risk').text()).toContain('只推荐止损和防骗内容')
  })

  it('is in nobody’s way when it cannot be read', async () => {
    server.on('GET /api/handoffs/1/suggestions', () => problem(503, 'retry_later'))
    useMe().user = aMe()
    useChat().show(aHandoff({ item: anItem({ allowance: { left: 3, free: 3, closes_at: FAR } }) }))
    wrapper = render(ChatPane, { id: 1, connection: 'live', card: null })
    await flushPromises()

    expect(wrapper.find('.suggestions').exists()).toBe(false)
    expect(wrapper.find('.composer textarea').exists()).toBe(true)
  })
})
