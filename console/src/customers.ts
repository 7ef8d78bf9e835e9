/** What a timeline's entry is called, and where it leads. */
import type { RouteLocationRaw } from 'vue-router'

import type { TimelineEntry } from './api/types'
import { formatYuan } from './format'
import { PAGE_NAMES } from './pages'

type Translate = (key: string, named: Record<string, unknown>) => string
type Knows = (key: string) => boolean

/** The entry's heading; a name of a fact that the texts do not know is shown as it is. */
export function titleOf(entry: TimelineEntry, t: Translate, te: Knows, tagLabel: (tag: string) => string): string {
  const facts = entry.facts
  if (entry.what === 'bank_fact') {
    const named = { type: facts.type, amount: typeof facts.amount_fen === 'number' ? formatYuan(facts.amount_fen) : '' }
    const key = `timeline.fact.${String(facts.type)}`
    return t(te(key) ? key : 'timeline.fact.other', named)
  }
  if (entry.what === 'consent') {
    return t(`timeline.what.consent_${facts.granted ? 'yes' : 'no'}`, { purpose: t(`customer.purpose.${String(facts.purpose)}`, {}) })
  }
  if (entry.what === 'tag') {
    return t(`timeline.what.tag_${facts.is_off ? 'off' : 'on'}`, { tag: tagLabel(String(facts.tag)) })
  }
  if (entry.what === 'followup.attempt') return t('timeline.what.called', { code: t(`followups.code.${String(facts.code)}`, {}) })
  if (entry.what === 'lead.stage') return t('timeline.what.lead', { stage: t(`leads.stage.${String(facts.stage)}`, {}) })
  if (entry.what === 'campaign') {
    if (facts.reason) return t('timeline.what.campaign_left', { name: facts.name, reason: t(`timeline.left.${String(facts.reason)}`, {}) })
    return t(`timeline.what.campaign_${facts.state === 'accepted' || facts.state === 'finished' ? 'sent' : 'due'}`, { name: facts.name })
  }
  if (entry.what === 'chat' && facts.state === 'bot') return t('timeline.what.chat_bot', {})
  return t(`timeline.what['${entry.what}']`, facts)
}

/** Who did it: a colleague by his name, else the customer himself or the bank. */
export function doerOf(entry: TimelineEntry, t: Translate, te: Knows): string {
  const key = `timeline.by.${entry.by ?? ''}`
  return te(key) ? t(key, {}) : (entry.by ?? '')
}

/** Where its thing is; null when it has no page, or may not be opened. */
export function placeOf(entry: TimelineEntry): RouteLocationRaw | null {
  const { link, facts } = entry
  if (!link) return null
  if (link.page === 'referrals') return { name: 'referrals', query: { state: String(facts.state), id: link.id } }
  if (link.page === 'desk' || link.page === 'complaints') return { name: link.page, params: { id: link.id } }
  const page = PAGE_NAMES.find((name) => (name as string) === link.page)
  return page ? { name: page, params: { id: link.id } } : null
}
