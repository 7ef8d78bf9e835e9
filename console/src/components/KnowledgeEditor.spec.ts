import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'

import type { KnowledgeItem } from '../api/types'
import { useKnowledge } from '../stores/knowledge'
import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aKnowledgeItem, aMe, aVersion } from '../test/samples'
import { json, Server } from '../test/server'
import KnowledgeEditor from './KnowledgeEditor.vue'

const CLEAN = { bubbles: [{ text: '现在换不了。', choices: [{ id: 'identity:bind', text: '去绑定企业', url: 'https://bank.example/bind' }, { id: 'human:start', text: '人工', url: null }] }], flaws: [], findings: [] }

function aServer(preview: object = CLEAN): Server {
  return new Server()
    .on('POST /api/knowledge/preview', () => json(preview))
    .on('GET /api/knowledge/items', () => json({ items: [], next: null, total: 0, waiting: 0 }))
    .on('GET /api/knowledge/items/faq/jd_card', () => json(aKnowledgeItem()))
    .on('PUT /api/knowledge/items/faq/jd_card', () => json(aVersion({ state: 'draft' })))
    .on('POST /api/knowledge/versions/11/submit', () => json(aVersion()))
}

async function shown(item: KnowledgeItem, role: 'marketer' | 'reviewer' = 'marketer'): Promise<VueWrapper> {
  useMe().user = aMe({ username: 'marketer01', role })
  useKnowledge().item = item
  const wrapper = render(KnowledgeEditor, { item, basis: item.versions[0] ?? null })
  await flushPromises()
  return wrapper
}

const draftItem = (): KnowledgeItem => aKnowledgeItem({ versions: [aVersion({ state: 'draft' })] })
const write = (wrapper: VueWrapper, words: string): Promise<void> | undefined => wrapper.findAll('textarea').at(-1)?.setValue(words)

it('shows what the follower will see', async () => {
  aServer()

  const wrapper = await shown(draftItem())

  expect(wrapper.find('.phone').text()).toContain('现在换不了。')
  expect(wrapper.find('.phone').text()).toContain('人工')
  expect(wrapper.findAll('.phone .page').map((one) => one.text())).toEqual(['打开 https://bank.example/bind'])
  expect(wrapper.text()).toContain('用语检查通过')
})

it('saves the draft before it is submitted', async () => {
  const server = aServer()
  const wrapper = await shown(draftItem())
  await write(wrapper, '换不了，换加油卡吧。')

  await wrapper.find('.primary').trigger('click')
  await flushPromises()

  const calls = server.asked.map((one) => `${one.method} ${one.path}`)
  expect(calls.indexOf('PUT /api/knowledge/items/faq/jd_card')).toBeLessThan(calls.indexOf('POST /api/knowledge/versions/11/submit'))
  expect(server.asked.find((one) => one.method === 'PUT')?.body).toMatchObject({ body: { text: '换不了，换加油卡吧。', questions: ['积分能不能换京东卡'] } })
})

it('keeps the page a line opens', async () => {
  const server = aServer()
  const choices = [{ id: 'identity:bind', text: '去绑定企业', url: '{bind_url}' }]
  const wrapper = await shown(aKnowledgeItem({ versions: [aVersion({ state: 'draft', body: { questions: ['怎么绑定'], text: '点下面。', choices } })] }))
  expect(wrapper.findAll('.choice input').map((one) => (one.element as HTMLInputElement).value)).toEqual(['去绑定企业', 'identity:bind', '{bind_url}'])

  await wrapper.find('.primary').trigger('click')
  await flushPromises()

  expect(server.asked.find((one) => one.method === 'PUT')?.body).toMatchObject({ body: { choices } })
})

it('asks anew a moment after the last letter', async () => {
  vi.useFakeTimers()
  const server = aServer()
  const wrapper = await shown(draftItem())

  await write(wrapper, '一')
  await write(wrapper, '一二')
  await vi.advanceTimersByTimeAsync(500)
  vi.useRealTimers()

  expect(server.to('/api/knowledge/preview').map((one) => (one.body?.body as { text: string }).text)).toEqual(['现在换不了。', '一二'])
})

it('names what stops the submission, and what only the reviewer should see', async () => {
  aServer({
    bubbles: [],
    flaws: [
      { place: 'wording', reason: 'C5', words: '必批' },
      { place: 'text', reason: 'unknown_blank', words: 'nobody' },
      { place: 'choices', reason: 'unknown_page', words: 'https://evil.example/x' },
    ],
    findings: [{ rule: 'C5', excerpt: '必批', grade: 'block' }, { rule: 'C5', excerpt: '免费', grade: 'warn' }],
  })

  const wrapper = await shown(draftItem())

  expect(wrapper.find('.stops').text()).toContain('“必批”：不得作保证')
  expect(wrapper.find('.stops').text()).toContain('“nobody”没有对应内容')
  expect(wrapper.find('.stops').text()).toContain('选项不能打开“https://evil.example/x”')
  expect(wrapper.find('.warns').text()).toContain('“免费”')
  expect(wrapper.find('.primary').attributes('disabled')).toBeDefined()
})

it('names what advertised credit must say besides, under its own heading', async () => {
  aServer({
    bubbles: [],
    flaws: [{ place: 'required', reason: 'C5', words: 'lender' }],
    findings: [{ rule: 'C5', excerpt: '放款快', grade: 'require', missing: ['lender'] }],
  })

  const wrapper = await shown(draftItem())

  expect(wrapper.find('.requires').text()).toBe('必备内容，补上才能提交有“放款快”，须写明：放款机构（我行）')
  expect(wrapper.find('.stops').exists()).toBe(false)
  expect(wrapper.find('.clean').exists()).toBe(false)
  expect(wrapper.find('.primary').attributes('disabled')).toBeDefined()
})

it.each(['marketer', 'reviewer'] as const)('lets a %s change nothing while it waits for approval', async (role) => {
  aServer()

  const wrapper = await shown(aKnowledgeItem(), role)

  expect(wrapper.findAll('fieldset').every((one) => one.attributes('disabled') !== undefined)).toBe(true)
  expect(wrapper.find('footer').exists()).toBe(false)
})
