import { nextTick, ref } from 'vue'
import { expect, it, vi } from 'vitest'

import { aCanned } from '../test/samples'
import { json, Server } from '../test/server'
import { cannedById, filterCanned, loadCanned, useCanned } from './useCanned'

const ITEMS = [
  aCanned({ id: 'wait', title: '请稍等', keywords: ['稍等'], text: '好的，我查一下。' }),
  aCanned({ id: 'activate', title: '证书激活', keywords: ['U盾', '激活'], text: '请本人致电95588。' }),
  aCanned({ id: 'lost', title: 'U盾丢失', keywords: ['U盾', '丢'], text: '请先冻结，再到网点补办。' }),
  aCanned({ id: 'product:jingying_kuaidai', title: '经营快贷', kind: 'product', keywords: [], text: '年化利率(单利)3.45%起' }),
]
const idsFor = (query: string): string[] => filterCanned(ITEMS, query).map((item) => item.id)

it.each([
  ['u盾', ['lost', 'activate']],
  ['激活', ['activate']],
  ['补办', ['lost']],
  ['经贷', ['product:jingying_kuaidai']],
  ['没有这个', []],
])('finds %s by title, keyword, text, then characters in order', (query, ids) => {
  expect(idsFor(query)).toEqual(ids)
})

it('shows everything before a word is typed', () => {
  expect(idsFor(' ')).toHaveLength(ITEMS.length)
})

it('moves through the matches in a circle and starts over when they change', async () => {
  new Server().on('GET /api/canned', () => json({ items: ITEMS }))
  await loadCanned()
  const query = ref('')
  const { active, move, picked } = useCanned(query)
  move(-1)
  expect(picked()?.id).toBe('product:jingying_kuaidai')

  query.value = 'U盾'
  await nextTick()

  expect(active.value).toBe(0)
  expect(picked()?.id).toBe('lost')
  expect(cannedById('product:jingying_kuaidai')?.title).toBe('经营快贷')
})

it('adds what the knowledge base finds, once', async () => {
  vi.useFakeTimers()
  const hit = { kind: 'faq', key: 'invoice_fees', number: 1, title: '手续费发票', text: '登录网银申请。', source: null, card: null }
  const card = { ...hit, kind: 'product', key: 'x', title: '经营快贷', card: 'product:x' }
  const server = new Server().on('GET /api/knowledge/search', () => json({ items: [hit, card] }))
  const query = ref('')
  const picker = useCanned(query)

  query.value = '发票'
  await vi.advanceTimersByTimeAsync(300)
  vi.useRealTimers()
  await vi.waitFor(() => expect(picker.matches.value).toHaveLength(2))

  expect(new URLSearchParams(server.asked[0]?.search).get('text')).toBe('发票')
  expect(picker.matches.value.map((item) => [item.id, item.kind])).toEqual([
    ['faq:invoice_fees', 'text'],
    ['product:x', 'product'],
  ])
})
