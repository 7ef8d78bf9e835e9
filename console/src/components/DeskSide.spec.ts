import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'

import { loadCanned } from '../composables/useCanned'
import { forgetDrafts, useDraft } from '../composables/useDraft'
import { useSide } from '../composables/useSide'
import { useChat } from '../stores/chat'
import { useMe } from '../stores/me'
import { aLookedUp } from '../test/composingSamples'
import { render } from '../test/render'
import { aCanned, aHandoff, aLine, aMe, anItem } from '../test/samples'
import { json, Server } from '../test/server'
import DeskSide from './DeskSide.vue'

const FAR = '2999-01-01T00:00:00Z'
const LOOK = '/api/handoffs/1/knowledge'
const PRODUCT = aLookedUp({
  kind: 'product',
  key: 'jingying_kuaidai',
  title: '经营快贷',
  card: 'product:jingying_kuaidai',
  figures: { rate: '3.45%', amount: '300万元', term: '1年', is_sample: true },
  fit: { verdict: 'no', reason: '要有房产可抵押' },
})
const STEP = { number: 1, text: '打开手机银行', stuck: '先检查网络', faults: [{ words: ['灰色'], answer: '额度还没生效' }], has_picture: false }

let server: Server
let wrapper: VueWrapper

beforeEach(() => {
  vi.useFakeTimers()
  forgetDrafts()
  server = new Server()
  server.on(`GET ${LOOK}`, () => json({ items: [aLookedUp(), PRODUCT] }))
  useMe().user = aMe()
  useChat().show(aHandoff({ item: anItem({ allowance: { left: 3, free: 3, closes_at: FAR } }) }))
})

afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
})

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(300)
  await flushPromises()
}

async function search(words = '发票'): Promise<void> {
  useSide().openSearch()
  wrapper = render(DeskSide, { id: 1, online: true })
  await flushPromises()
  await wrapper.find('input[type="search"]').setValue(words)
  await settle()
}

const draft = (): string => useDraft(ref(1)).value
const key = (name: string): Promise<void> => wrapper.find('input[type="search"]').trigger('keydown', { key: name })

describe('knowledge beside the chat', () => {
  it('takes the focus when asked for', async () => {
    await search()

    expect(document.activeElement).toBe(wrapper.find('input[type="search"]').element)
  })

  it('inserts an answer with Enter and asks before a card goes out', async () => {
    await search()

    await key('Enter')
    expect(draft()).toBe('可以开，请到网点。')
    await key('ArrowDown')
    await key('Enter')

    expect(wrapper.emitted('card')?.[0]).toMatchObject([{ id: 'product:jingying_kuaidai' }])
  })

  it('shows rate, version and why a product does not suit', async () => {
    await search()

    const row = wrapper.findAll('li')[1]
    expect(row?.text()).toContain('3.45%')
    expect(row?.text()).toContain('第 1 版')
    expect(row?.find('.fit').text()).toBe('不适合 要有房产可抵押')
  })

  it('withholds products where nothing may be sold', async () => {
    server.on(`GET ${LOOK}`, () => json({ items: [{ ...PRODUCT, withheld: 'fraud' }] }))
    await search()

    await key('Enter')

    expect(wrapper.emitted('card')).toBeUndefined()
    expect(wrapper.find('.withheld').text()).toContain('有诈骗风险')
    expect(wrapper.find('.acts button').attributes('disabled')).toBeDefined()
  })

  it('does not insert what the bot would fill in', async () => {
    server.on(`GET ${LOOK}`, () => json({ items: [aLookedUp({ is_ready: false, text: '余额〔balance〕' })] }))
    await search()

    await key('Enter')

    expect(draft()).toBe('')
  })

  it('lists all of a kind without words', async () => {
    await search('')
    await wrapper.findAll('.kinds button')[2]?.trigger('click')
    await settle()

    expect(server.to(LOOK).at(-1)?.search).toContain('kind=product')
  })
})

describe('the guide', () => {
  function guideAt(at: number, stuck = false): void {
    const steps = [STEP, { ...STEP, number: 2, text: '点“贷款”', faults: [] }, { ...STEP, number: 3, text: '点“提款”', faults: [] }]
    const current = { id: 'loan_drawdown', version: 1, title: '贷款提款', at, is_stuck: stuck, steps }
    server.on('GET /api/handoffs/1/guide', () => json({ current, others: [['loan_apply', '申请贷款']] }))
  }

  async function show(): Promise<void> {
    useSide().side.value = 'guide'
    wrapper = render(DeskSide, { id: 1, online: true })
    await settle()
  }

  it('shows the customer’s step, follows it, and says when he is stuck', async () => {
    guideAt(1)
    await show()
    expect(wrapper.find('[aria-current="step"]').text()).toContain('打开手机银行')

    guideAt(2, true)
    useChat().addLine(1, aLine({ id: 12, kind: 'choice', text: '卡住了' }))
    await settle()

    expect(wrapper.find('.where').text()).toBe('客户卡在第 2 步，共 3 步')
    expect(wrapper.find('[aria-current="step"]').text()).toContain('点“贷款”')
  })

  it('puts the answer to a fault of this step into the box', async () => {
    guideAt(1)
    await show()

    await wrapper.find('.fault').trigger('click')

    expect(draft()).toBe('额度还没生效')
  })

  it('moves the customer to a step', async () => {
    guideAt(1)
    server.on('POST /api/handoffs/1/guide', () => json(aLine({ id: 13, speaker: 'rep', kind: 'guide' }), 202))
    await show()

    await wrapper.findAll('.step')[2]?.trigger('click')
    await wrapper.find('.more .primary').trigger('click')
    await settle()

    const sent = server.to('/api/handoffs/1/guide').filter((asked) => asked.method === 'POST')
    expect(sent.map((asked) => [asked.body?.guide, asked.body?.step])).toEqual([['loan_drawdown', 3]])
  })

  it('starts another guide after the rep has seen its card', async () => {
    guideAt(1)
    server.on('GET /api/canned', () => json({ items: [aCanned({ id: 'guide:loan_apply', kind: 'guide', title: '申请贷款' })] }))
    await loadCanned()
    await show()

    await wrapper.find('ul li .button').trigger('click')

    expect(wrapper.emitted('card')?.at(-1)).toBeDefined()
  })
})
