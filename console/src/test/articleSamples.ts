/** Articles for component tests. */
import type { Article, ArticleCheck, ArticleDesk, ArticleMark, ArticleRow, ArticleVersion } from '../api/types'

const AT = '2026-03-10T02:00:00Z'

export const aMark = (more: Partial<ArticleMark> = {}): ArticleMark => ({
  rule: 'C5', grade: 'block', place: 'body', quote: '必批', nth: 0, start: 3, end: 5, why: '不得承诺', instead: '以审批为准', missing: [], product: null, ...more,
})

export const aCheck = (more: Partial<ArticleCheck> = {}): ArticleCheck => ({
  body: '<p>好</p>',
  rendered: '<p>好</p>',
  counts: [
    { place: 'title', used: 2, most: 32, unit: 'chars', is_over: false },
    { place: 'body', used: 8, most: 19999, unit: 'chars', is_over: false },
    { place: 'source_url', used: 0, most: 1024, unit: 'bytes', is_over: false },
  ],
  marks: [],
  flaws: [],
  products: {},
  rules: '2026-11-28.x',
  ...more,
})

export const anArticleVersion = (more: Partial<ArticleVersion> = {}): ArticleVersion => ({
  id: 11, number: 1, state: 'open', title: '提醒', kind: 'service', revision: 2, writer: 'marketer01', writer_name: '林晓', written_at: AT,
  sealed_by: null, sealed_by_name: null, sealed_at: null, copied_from: null, content_hash: 'h', flaws: [], author: '普惠服务', digest: '摘要',
  body: '<p>好</p>', rendered: '<p>好</p>', text: '好\n', cover_id: 3, crop_235_1: '', crop_1_1: '', source_url: '', goal: '激活', products: {}, rules: 'r', draft: null, ...more,
})

export const anArticle = (newest: ArticleVersion = anArticleVersion(), more: Partial<Article> = {}): Article => ({
  id: 5, is_template: false, is_archived: false, copied_from: null, created_by_name: '林晓', created_at: AT, newest, versions: [newest], ...more,
})

export const anArticleRow = (more: Partial<ArticleRow> = {}): ArticleRow => ({
  id: 5, number: 1, state: 'open', kind: 'service', title: '提醒', digest: '摘要', cover_id: null, writer: 'marketer01', writer_name: '林晓', changed_at: AT, flaws: 0, ...more,
})

export const anArticleDesk = (): ArticleDesk => ({
  templates: [
    { key: 'dormant_notice', id: null, name: '账户久未使用提醒', hint: '服务类', kind: 'service' },
    { key: null, id: 9, name: '我们的', hint: '目标', kind: 'marketing' },
  ],
  products: [{ id: 'kuaidai', name: '经营快贷', kind: '信用', rate: '3.45%', version: 2, html: '<p>经营快贷</p><p>年化利率（单利）：3.45%起</p>' }],
  writers: [{ username: 'marketer01', name: '林晓' }],
})
