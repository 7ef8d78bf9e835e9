/** Valid rows of the page 推送 to start from; each test overrides what it is about. */
import type { ArticleRow, ArticleVersion, Campaign, CampaignChunk, CampaignProgress, CampaignRow, PlanPreview, Segment } from '../api/types'
import { at } from './samples'

export const HASH = 'c'.repeat(64)

export function aCampaign(over: Partial<Campaign> = {}): Campaign {
  return {
    id: 7,
    name: '惠企贴息 · 不动户',
    goal: 'activate',
    metric: 'woken',
    message_class: 'marketing',
    included: [{ id: 1, name: '不动户' }],
    excluded: [],
    variants: [aVariant()],
    holdout_bp: 0,
    route: 'list',
    speed: 0,
    not_before: '2026-03-11T02:00:00Z',
    not_after: '2026-03-11T04:00:00Z',
    starts_at: '2026-03-11T02:00:00Z',
    ends_at: '2026-03-11T04:00:00Z',
    moved_why: null,
    repeats: 'once',
    run_of: null,
    run_number: 1,
    state: 'draft',
    revision: 3,
    content_hash: HASH,
    flaws: [],
    author: 'marketer01',
    author_name: '何营销',
    created_at: at(-3600),
    editor: 'marketer01',
    editor_name: '何营销',
    edited_at: at(-60),
    submitted_at: null,
    reviewer: null,
    reviewer_name: null,
    reviewed_at: null,
    reason: null,
    marks: [],
    planned_at: null,
    started_at: null,
    ended_at: null,
    pause_why: null,
    paused_by_name: null,
    paused_at: null,
    recall: null,
    ...over,
  }
}

export function aVariant(over: Partial<Campaign['variants'][number]> = {}): Campaign['variants'][number] {
  return { number: 1, article_version_id: 31, share: 100, title: '贷款贴息怎么申请', is_marketing: true, content_hash: 'a'.repeat(64), scene: 'm7v1', ...over }
}

export function aCampaignRow(over: Partial<CampaignRow> = {}): CampaignRow {
  return {
    id: 7,
    name: '惠企贴息 · 不动户',
    goal: 'activate',
    metric: 'woken',
    message_class: 'marketing',
    state: 'running',
    starts_at: '2026-03-10T02:00:00Z',
    ends_at: '2026-03-10T04:00:00Z',
    repeats: 'once',
    run_of: null,
    titles: ['贷款贴息怎么申请'],
    size: 50_000,
    left: { gone: 20_000, uncertain: 0, still: 30_000 },
    pause_why: null,
    editor_name: '何营销',
    reviewer_name: '孟审核',
    ...over,
  }
}

export function aProgress(over: Partial<CampaignProgress> = {}): CampaignProgress {
  return {
    state: 'running',
    chunks: { finished: 1, accepted: 1, planned: 3 },
    left: { gone: 20_000, uncertain: 0, still: 30_000 },
    total: 10_000,
    filtered: 9_850,
    sent: 9_800,
    errors: 50,
    needs_person: 0,
    eta: '2026-03-10T06:12:00Z',
    waits: null,
    pause_why: null,
    is_halted: false,
    reasons: [
      { reason: null, variant: 1, followers: 50_000 },
      { reason: 'opted_out', variant: null, followers: 300 },
      { reason: 'holdout_global', variant: null, followers: 2_500 },
    ],
    ...over,
  }
}

export function aChunk(over: Partial<CampaignChunk> = {}): CampaignChunk {
  return {
    number: 1,
    variant: 1,
    size: 10_000,
    state: 'finished',
    attempt: 1,
    client_id: 'c7v1k1',
    job_id: '301',
    errcode: null,
    needs_person: false,
    sending_at: at(-300),
    next_try_at: null,
    accepted_at: at(-299),
    finished_at: at(-200),
    total: 10_000,
    filtered: 9_850,
    sent: 9_800,
    errors: 50,
    recalled_at: null,
    ...over,
  }
}

export function aPreview(over: Partial<PlanPreview> = {}): PlanPreview {
  return {
    audience: 52_800,
    included: 50_000,
    chunks: 5,
    reasons: aProgress().reasons,
    is_sample_too_small: false,
    min_sample: 500,
    ...over,
  }
}

export const aSegment = (over: Partial<Segment> = {}): Segment => ({
  id: 1,
  name: '不动户',
  shipped: true,
  rule: {},
  words: '最近动账超过 365 天',
  is_profiling: true,
  expires_on: null,
  has_expired: false,
  version: 1,
  changed_by: 'system',
  changed_at: at(-86_400),
  size: 52_800,
  reachable: 50_000,
  counted_at: at(-600),
  ...over,
})

export const anArticle = (over: Partial<ArticleRow> = {}): ArticleRow => ({
  id: 3,
  number: 2,
  state: 'sealed',
  kind: 'marketing',
  title: '贷款贴息怎么申请',
  digest: '三步办好',
  cover_id: null,
  writer: 'marketer01',
  writer_name: '何营销',
  changed_at: at(-900),
  flaws: 0,
  ...over,
})

export const anArticleVersion = (over: Partial<ArticleVersion> = {}): ArticleVersion => ({
  id: 31,
  number: 2,
  state: 'sealed',
  title: '贷款贴息怎么申请',
  kind: 'marketing',
  revision: 4,
  writer: 'marketer01',
  writer_name: '何营销',
  written_at: at(-1000),
  sealed_by: 'marketer01',
  sealed_by_name: '何营销',
  sealed_at: at(-900),
  copied_from: null,
  content_hash: 'a'.repeat(64),
  flaws: [],
  author: '企业服务',
  digest: '三步办好',
  body: '<p>先看能不能贴息</p>',
  rendered: '<p>先看能不能贴息</p>',
  text: '先看能不能贴息',
  cover_id: null,
  crop_235_1: '',
  crop_1_1: '',
  source_url: '',
  goal: '',
  products: {},
  rules: 'r1',
  draft: null,
  ...over,
})
