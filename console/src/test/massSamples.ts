/** What all pushes share, and the server a push's page asks. */
import type { AudiencePerson, Campaign, CampaignProgress, ContactPolicy, MassDay, MassMonth, MassStop, OutsideSend, RecipientWhy } from '../api/types'
import { aCampaign, aChunk, anArticleVersion, aPreview, aProgress, aSegment } from './campaignSamples'
import { json, Server } from './server'

export const aPolicy = (over: Partial<ContactPolicy> = {}): ContactPolicy => ({
  opens: '08:30',
  closes: '20:30',
  morning: '09:00',
  week_days: 7,
  month_days: 30,
  in_month: 3,
  global_holdout_bp: 500,
  min_sample: 500,
  ...over,
})

export const aMonth = (over: Partial<MassMonth> = {}): MassMonth => ({
  month: 202603,
  now: [1_000, 4_000, 15_000, 30_000, 50_000],
  after: [38_000, 2_000, 10_000, 20_000, 30_000],
  none_percent: 38,
  ...over,
})

export const aMassDay = (over: Partial<MassDay> = {}): MassDay => ({
  day: '2026-03-11',
  kind: 'campaign',
  id: 7,
  name: '惠企贴息',
  state: 'scheduled',
  starts_at: '2026-03-11T02:00:00Z',
  size: 50_000,
  ...over,
})

export const aStop = (over: Partial<MassStop> = {}): MassStop => ({ since: null, by_name: null, reason: null, running: 0, ...over })

export const anOutsideSend = (over: Partial<OutsideSend> = {}): OutsideSend => ({
  id: 5,
  title: '支行开业通知',
  url: 'https://mp.weixin.qq.com/s/1',
  sent_on: '2026-03-09',
  targets: 1_200,
  state: 'open',
  booked: 0,
  segment_id: null,
  decided_by: null,
  decided_at: null,
  ...over,
})

export const aWhy = (over: Partial<RecipientWhy> = {}): RecipientWhy => ({
  is_planned: false,
  is_in: true,
  reason: 'opted_out',
  variant: null,
  chunk: null,
  chunk_state: null,
  at: null,
  segments: [
    {
      segment_id: 1,
      name: '不动户',
      is_excluding: false,
      holds: true,
      because: [{ words: '最近动账超过 365 天', holds: true, value: '2024-11-02', source: '支行名单', as_of: '2026-03-01T00:00:00Z' }],
    },
  ],
  ...over,
})

export const aFollower = (over: Partial<AudiencePerson> = {}): AudiencePerson => ({
  id: 44,
  label: '陶先生',
  firm: '庐州市**有限公司',
  phone: '138****2222',
  branch: '鼓楼支行',
  industry: null,
  is_following: true,
  has_opted_out: false,
  ...over,
})

/** Everything a campaign's page asks besides what the test is about. */
export function aCampaignServer(campaign: Campaign = aCampaign(), progress: CampaignProgress = aProgress({ state: campaign.state })): Server {
  return new Server()
    .on(`GET /api/campaigns/${campaign.id}`, () => json(campaign))
    .on(`GET /api/campaigns/${campaign.id}/progress`, () => json(progress))
    .on(`GET /api/campaigns/${campaign.id}/preview`, () => json(aPreview()))
    .on(`GET /api/campaigns/${campaign.id}/chunks`, () => json({ items: [aChunk()] }))
    .on(`GET /api/campaigns/${campaign.id}/acts`, () => json({ items: [] }))
    .on('GET /api/article-versions/31', () => json(anArticleVersion()))
    .on('GET /api/audience/segments', () => json({ items: [aSegment(), aSegment({ id: 2, name: '新开户', words: '开户 30 天内', size: 310 })], next: null }))
    .on('GET /api/mass/policy', () => json(aPolicy()))
    .on('GET /api/mass/planner', () => json(aMonth()))
    .on('GET /api/mass/calendar', () => json({ items: [aMassDay()] }))
    .on('GET /api/mass/stop', () => json(aStop()))
    .on('GET /api/mass/outside', () => json({ items: [] }))
    .on('GET /api/alerts', () => json({ items: [], unseen: 0 }))
}
