import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { ElMessageBox } from 'element-plus'
import { expect, it, vi } from 'vitest'

import type { Article, ArticleCheck } from '../api/types'
import { useMe } from '../stores/me'
import { aCheck, aMark, anArticle, anArticleDesk, anArticleVersion } from '../test/articleSamples'
import { renderAt } from '../test/renderAt'
import { aMe } from '../test/samples'
import { json, problem, Server } from '../test/server'
import ArticleComposer from './ArticleComposer.vue'

const SAVED = anArticle(anArticleVersion({ revision: 3, title: '改好的' }))
const SEALED = anArticle(anArticleVersion({ state: 'sealed', title: '改好的' }))

function aServer(check: ArticleCheck = aCheck()): Server {
  return new Server()
    .on('POST /api/articles/check', () => json(check))
    .on('PUT /api/articles/5', () => json(SAVED))
    .on('POST /api/articles/5/seal', () => json(SEALED))
    .on('GET /api/articles/5', () => json(anArticle(anArticleVersion({ title: '同事的' }))))
}

async function shown(first: Article = anArticle(), role: 'marketer' | 'reviewer' = 'marketer'): Promise<VueWrapper> {
  useMe().user = aMe({ username: 'marketer01', role })
  const { wrapper } = await renderAt('/articles/5', ArticleComposer, { first, desk: anArticleDesk() })
  await flushPromises()
  return wrapper
}

const button = (wrapper: VueWrapper, text: string) => wrapper.findAll('.acts button').find((one) => one.text() === text)
const title = (wrapper: VueWrapper) => wrapper.find<HTMLInputElement>('.title input')

it('saves over the revision it was written over', async () => {
  const server = aServer()
  const wrapper = await shown()
  await title(wrapper).setValue('改好的')

  await button(wrapper, '保存')?.trigger('click')
  await flushPromises()

  expect(server.asked.find((one) => one.method === 'PUT')?.body).toMatchObject({ title: '改好的', revision: 2, kind: 'service' })
  expect(wrapper.text()).not.toContain('有未保存的修改')
})

it('saves with Ctrl+S, and only when something changed', async () => {
  const server = aServer()
  const wrapper = await shown()
  const press = (): boolean => window.dispatchEvent(new KeyboardEvent('keydown', { key: 's', ctrlKey: true }))
  press()
  await title(wrapper).setValue('改好的')

  press()
  await flushPromises()

  expect(server.asked.filter((one) => one.method === 'PUT')).toHaveLength(1)
})

it('seals what it has saved', async () => {
  const server = aServer()
  const wrapper = await shown()
  await title(wrapper).setValue('改好的')

  await button(wrapper, '定稿')?.trigger('click')
  await flushPromises()

  expect(server.to('/api/articles/5/seal')[0]?.body).toEqual({ revision: 3 })
  expect(title(wrapper).element.disabled).toBe(true)
  await button(wrapper, '写新版本')?.trigger('click')
  expect(title(wrapper).element.disabled).toBe(false)
})

it('what stands against it keeps it from being sealed, and is told beside the words', async () => {
  aServer(aCheck({ marks: [aMark({ place: 'title', quote: '提醒' }), aMark()], flaws: [{ place: 'title', reason: 'C5', words: '提醒' }, { place: 'cover', reason: 'missing', words: '' }] }))

  const wrapper = await shown()

  expect(button(wrapper, '定稿')?.attributes('disabled')).toBeDefined()
  expect(wrapper.find('.title .told').text()).toBe('“提醒”不得承诺')
  expect(wrapper.find('#article-panel').text()).toContain('还没有封面')
  expect(wrapper.find('#article-panel').text()).toContain('建议：以审批为准')
})

it('a colleague who saved meanwhile is named, and nothing is written over', async () => {
  const server = aServer().on('PUT /api/articles/5', () => problem(409, 'article_changed', { by: '何静', at: '2026-03-10T02:00:00Z' }))
  const asks = vi.spyOn(ElMessageBox, 'confirm').mockResolvedValue('confirm' as never)
  const wrapper = await shown()
  await title(wrapper).setValue('改好的')

  await button(wrapper, '保存')?.trigger('click')
  await flushPromises()

  expect(asks.mock.calls[0]?.[0]).toContain('何静')
  expect(server.to('/api/articles/5').map((one) => one.method)).toEqual(['PUT', 'GET'])
  expect(title(wrapper).element.value).toBe('同事的')
})

it('counts letters as they are typed', async () => {
  aServer()
  const wrapper = await shown()

  await title(wrapper).setValue('题'.repeat(33))

  expect(wrapper.find('.title .count').text()).toBe('33/32')
  expect(wrapper.find('.title .count').classes()).toContain('over')
})

it('who reads does not write', async () => {
  aServer()

  const wrapper = await shown(anArticle(), 'reviewer')

  expect(wrapper.findAll('.acts button')).toHaveLength(0)
  expect(title(wrapper).element.disabled).toBe(true)
  expect(wrapper.find('[role="toolbar"]').exists()).toBe(false)
})

it('goes from tab to tab with the arrow keys', async () => {
  aServer()
  const wrapper = await shown()

  await wrapper.find('[role="tablist"]').trigger('keydown', { key: 'ArrowRight' })

  expect(wrapper.find('[aria-selected="true"]').text()).toBe('预览')
  expect(wrapper.find('.phone h2').text()).toBe('提醒')
})
