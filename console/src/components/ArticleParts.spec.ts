import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'

import { useMe } from '../stores/me'
import { anArticle, anArticleDesk, anArticleRow, anArticleVersion } from '../test/articleSamples'
import { mountWithLinks } from '../test/links'
import { render } from '../test/render'
import { aMe } from '../test/samples'
import { json, problem, Server } from '../test/server'
import ArticleCreate from './ArticleCreate.vue'
import ArticleCrop from './ArticleCrop.vue'
import ArticleHistory from './ArticleHistory.vue'
import ArticleList from './ArticleList.vue'
import ArticlePhone from './ArticlePhone.vue'
import ArticleSync from './ArticleSync.vue'

const TESTERS = { items: [{ id: 4, label: '安经理', openid: 'o-a…ann' }], remain: 2, a_day: 100 }

it('the list is searched and filtered, and goes on where it ended', async () => {
  const server = new Server().on('GET /api/articles', ({ search }) =>
    json({ items: [anArticleRow({ id: search.includes('cursor') ? 6 : 5, flaws: 2 })], next: search.includes('cursor') ? null : 'c', total: 2 }),
  )
  const wrapper = mountWithLinks(ArticleList, { desk: anArticleDesk(), canWrite: true })
  await flushPromises()

  await wrapper.find('.more').trigger('click')
  await flushPromises()
  expect(wrapper.findAll('li')).toHaveLength(2)
  expect(wrapper.find('li').text()).toContain('2 处待改')

  await wrapper.findAll('select')[0]?.setValue('sealed')
  await wrapper.findAll('select')[1]?.setValue('marketer01')
  await wrapper.find('input[type=checkbox]').setValue(true)
  await flushPromises()
  expect(server.asked.at(-1)?.search).toBe('?text=&is_archived=true&is_template=false&state=sealed&writer=marketer01')
})

it('an article is begun from nothing, from a template of ours, from one of the release', async () => {
  const server = new Server().on('POST /api/articles', () => json(anArticle(), 201)).on('POST /api/articles/9/duplicate', () => json(anArticle(), 201))
  const wrapper = render(ArticleCreate, { modelValue: true, templates: anArticleDesk().templates })
  await flushPromises()

  for (const one of document.querySelectorAll<HTMLButtonElement>('.el-dialog li button')) {
    one.click()
    await flushPromises()
  }

  expect(server.asked.map((one) => [one.path, one.body])).toEqual([
    ['/api/articles', { template: null }],
    ['/api/articles', { template: 'dormant_notice' }],
    ['/api/articles/9/duplicate', null],
  ])
  expect(wrapper.emitted('begun')).toHaveLength(3)
})

it('a crop is moved by the arrow keys and made smaller, and nothing changes by being looked at', async () => {
  const wrapper = render(ArticleCrop, { modelValue: '', coverId: 3, name: 'crop_1_1', disabled: false })
  const image = wrapper.find('img')
  Object.defineProperties(image.element, { naturalWidth: { value: 900 }, naturalHeight: { value: 600 } })
  await image.trigger('load')
  expect(wrapper.emitted('update:modelValue')).toBeUndefined()

  await wrapper.find('.frame').trigger('keydown', { key: 'ArrowRight' })
  await wrapper.find('input').setValue('2')

  expect(wrapper.emitted('update:modelValue')).toEqual([['0.186667_0_0.853333_1'], ['0.353333_0.25_0.686667_0.75']])
})

it('the history shows what changed and goes back', async () => {
  const second = anArticleVersion({ id: 12, number: 2, title: '第二版', text: '好\n加了一句\n' })
  const first = anArticleVersion({ state: 'sealed' })
  new Server().on('GET /api/articles/5/versions/2', () => json(second)).on('GET /api/articles/5/versions/1', () => json(first))
  const wrapper = render(ArticleHistory, { article: anArticle(second, { versions: [second, first] }), canWrite: true })
  await flushPromises()

  expect(wrapper.findAll('.in').map((one) => one.text())).toEqual(['+标题：第二版', '+加了一句'])
  await wrapper.findAll('ol button')[1]?.trigger('click')
  await flushPromises()
  await wrapper.find('.head button').trigger('click')

  expect(wrapper.emitted('restore')).toEqual([[1]])
})

it('what was changed at the platform is told, and whose words hold is chosen', async () => {
  const drift = [{ place: 'title', ours: '提醒', theirs: '改过的提醒' }]
  const draft = { state: 'kept' as const, kept_at: null, looked_at: '2026-03-10T02:00:00Z', drift }
  const server = new Server()
    .on('GET /api/article-testers', () => json(TESTERS))
    .on('POST /api/article-versions/11/draft/overwrite', () => json(anArticleVersion()))
    .on('POST /api/article-versions/11/draft/take-back', () => problem(503, 'wechat_busy'))
  const wrapper = render(ArticleSync, { version: anArticleVersion({ state: 'sealed', draft }), canWrite: true, revision: 0, isChanged: false })
  await flushPromises()
  expect(wrapper.text()).toContain('有人在公众号后台改过')
  expect(wrapper.find('ins').text()).toBe('改过的')

  await wrapper.findAll('button').find((one) => one.text() === '以我们的为准')?.trigger('click')
  await flushPromises()
  await wrapper.findAll('button').find((one) => one.text() === '取回为新版本')?.trigger('click')
  await flushPromises()

  expect(server.asked.filter((one) => one.method === 'POST').map((one) => [one.path.split('/').at(-1), one.body])).toEqual([['overwrite', null], ['take-back', { revision: 0 }]])
  expect(wrapper.emitted('changed')).toHaveLength(2)
})

it('testers are shown the article, and what is left of the day is told', async () => {
  const server = new Server()
    .on('GET /api/article-testers', () => json(TESTERS))
    .on('POST /api/article-versions/11/preview', () => json({ items: [{ tester: 4, outcome: 'sent' }], remain: 1 }))
  const wrapper = render(ArticleSync, { version: anArticleVersion(), canWrite: true, revision: 2, isChanged: false })
  await flushPromises()
  expect(wrapper.text()).toContain('定稿后才能放进草稿箱')

  await wrapper.find('.testers input[type=checkbox]').setValue(true)
  await wrapper.find('.testers .primary').trigger('click')
  await flushPromises()

  expect(server.to('/api/article-versions/11/preview')[0]?.body).toEqual({ testers: [4] })
  expect(wrapper.text()).toContain('今天还能发 1 次')
})

it('the phone shows the article, the code that will stand there, and the cards', async () => {
  useMe().user = aMe({ role: 'marketer' })
  const words = { ...anArticleVersion(), source_url: 'https://bank.example' }
  const wrapper = render(ArticlePhone, { words, rendered: '<p>好<script>x</script></p><section data-ask=""></section>', when: '2026-03-10' })

  expect(wrapper.find('.article-html').html()).not.toContain('script')
  expect(wrapper.find('[data-ask]').text()).toBe('发送时生成的二维码')
  expect(wrapper.find('.source').text()).toBe('阅读原文')

  await wrapper.findAll('.switch button')[1]?.trigger('click')

  expect(wrapper.find('.over').text()).toBe('提醒')
  expect(wrapper.findAll('img')).toHaveLength(2)
})
