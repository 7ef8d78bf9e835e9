import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { loadCanned } from '../composables/useCanned'
import { forgetDrafts } from '../composables/useDraft'
import { useChat } from '../stores/chat'
import { render } from '../test/render'
import { aCanned, aHandoff, aLine } from '../test/samples'
import { json, problem, Server } from '../test/server'
import ChatComposer from './ChatComposer.vue'

const ALLOWANCE = { left: 3, countdown: '47:12', isSoon: false, blocked: null }

let server: Server
let wrapper: VueWrapper

beforeEach(async () => {
  server = new Server()
  server.on('POST /api/handoffs/1/replies', () => json(aLine({ id: 11, speaker: 'rep' }), 202))
  server.on('POST /api/handoffs/1/typing', () => new Response(null, { status: 204 }))
  server.on('GET /api/canned', () =>
    json({ items: [aCanned(), aCanned({ id: 'product:jingying_kuaidai', title: '经营快贷', kind: 'product' })] }),
  )
  forgetDrafts()
  useChat().show(aHandoff())
  await loadCanned()
  wrapper = render(ChatComposer, { id: 1, allowance: ALLOWANCE })
})

afterEach(() => wrapper.unmount())

const box = (): ReturnType<VueWrapper['find']> => wrapper.find('textarea')
const value = (): string => (box().element as HTMLTextAreaElement).value
const sent = (): unknown[] => server.to('/api/handoffs/1/replies').map((asked) => asked.body?.text)

describe('keys', () => {
  it.each([{ key: 'Enter' }, { key: 'Enter', ctrlKey: true }])('sends on %o and empties the box', async (key) => {
    await box().setValue(' 您好 ')
    await box().trigger('keydown', key)
    await flushPromises()

    expect(sent()).toEqual(['您好'])
    expect(value()).toBe('')
  })

  it('does not send on Shift+Enter', async () => {
    await box().setValue('第一行')
    await box().trigger('keydown', { key: 'Enter', shiftKey: true })

    expect(sent()).toEqual([])
  })

  it('does not send while an input method composes', async () => {
    await box().setValue('nihao')
    await box().trigger('keydown', { key: 'Enter', isComposing: true })
    await box().trigger('keydown', { key: 'Enter', keyCode: 229 })

    expect(sent()).toEqual([])
  })

  it('does not send more than the platform takes', async () => {
    await box().setValue('贷'.repeat(683))
    await box().trigger('keydown', { key: 'Enter' })

    expect(sent()).toEqual([])
    expect(wrapper.find('.over').text()).toBe('超出 1 字，请缩短')
  })

  it('does not send blanks', async () => {
    await box().setValue('  \n ')
    await box().trigger('keydown', { key: 'Enter' })

    expect(sent()).toEqual([])
  })
})

describe('canned replies', () => {
  it('inserts the chosen text on Enter without sending it', async () => {
    await box().setValue('/开')
    await box().trigger('keydown', { key: 'Enter' })
    await flushPromises()

    expect(value()).toBe('您好，我是普惠服务代表。')
    expect(sent()).toEqual([])
    expect(wrapper.find('[role="listbox"]').exists()).toBe(false)
  })

  it('asks before an approved card goes out', async () => {
    await box().setValue('/')
    await box().trigger('keydown', { key: 'ArrowDown' })
    await box().trigger('keydown', { key: 'Enter' })

    expect(wrapper.emitted('card')?.[0]).toMatchObject([{ id: 'product:jingying_kuaidai' }])
    expect(sent()).toEqual([])
  })

  it('closes on Esc and keeps what was written', async () => {
    await box().setValue('/开')
    await box().trigger('keydown', { key: 'Escape' })

    expect(wrapper.find('[role="listbox"]').exists()).toBe(false)
    expect(value()).toBe('/开')
  })
})

describe('blocked wording', () => {
  it('gives the text back with the offending words marked', async () => {
    const findings = [{ rule: 'C22', excerpt: '验证码发我' }]
    server.on('POST /api/handoffs/1/replies', () => problem(422, 'wording_blocked', { findings }))

    await box().setValue('把验证码发我')
    await box().trigger('keydown', { key: 'Enter' })
    await flushPromises()

    expect(value()).toBe('把验证码发我')
    expect(wrapper.find('mark').text()).toBe('验证码发我')
    expect(wrapper.find('[role="alert"]').text()).toContain('不得向客户索要密码')
    expect(wrapper.find('[role="alert"] button').exists()).toBe(false)
  })

  it('sends words that only lack something once the rep confirms them', async () => {
    const findings = [{ rule: 'C5', excerpt: '放款快', grade: 'require', missing: ['risk_line', 'hotline'] }]
    server.on('POST /api/handoffs/1/replies', (asked) =>
      asked.body?.is_confirmed ? json(aLine({ id: 11, speaker: 'rep' }), 202) : problem(422, 'wording_unconfirmed', { findings }),
    )

    await box().setValue('经营快贷放款快')
    await box().trigger('keydown', { key: 'Enter' })
    await flushPromises()
    expect(wrapper.find('[role="alert"]').text()).toContain('须写明：“贷款有风险，借款需谨慎”、咨询电话（95588）')
    await wrapper.find('[role="alert"] button').trigger('click')
    await flushPromises()

    expect(server.to('/api/handoffs/1/replies').map((asked) => asked.body?.is_confirmed)).toEqual([false, true])
    expect(value()).toBe('')
  })

  it('checks changed words anew', async () => {
    const findings = [{ rule: 'C5', excerpt: '放款快', grade: 'require', missing: ['hotline'] }]
    server.on('POST /api/handoffs/1/replies', () => problem(422, 'wording_unconfirmed', { findings }))
    await box().setValue('经营快贷放款快')
    await box().trigger('keydown', { key: 'Enter' })
    await flushPromises()

    await box().setValue('经营快贷放款快，必批')

    expect(wrapper.find('[role="alert"] button').exists()).toBe(false)
  })
})

it('keeps one draft per conversation', async () => {
  await box().setValue('给陶先生的话')

  await wrapper.setProps({ id: 2 })
  expect(value()).toBe('')
  await wrapper.setProps({ id: 1 })

  expect(value()).toBe('给陶先生的话')
})
