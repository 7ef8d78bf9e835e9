/** An act of the audit in words: about what it was, and why. */
import type { AuditAct } from './api/types'

type Translate = (key: string, named: Record<string, unknown>) => string
type Knows = (key: string) => boolean

/** The thing it was done to; a kind the texts do not know is shown as it is. */
export function thingOf(act: AuditAct, t: Translate, te: Knows, nameOf: (username: string) => string): string {
  const [kind = '', of = ''] = act.object_kind.split(':')
  const key = `privacy.thing.${kind}`
  return te(key) ? t(key, { id: act.object_id ?? '', of: kind === 'staff' ? nameOf(of) : of }).trim() : `${act.object_kind} ${act.object_id ?? ''}`.trim()
}

/** The reason; where a field was unmasked, the field stands before it. */
export function reasonOf(act: AuditAct, t: Translate): string {
  const [, field, words] = /^(phone|contact): (.*)$/s.exec(act.reason ?? '') ?? []
  return field ? t('privacy.unmasked', { field: t(`privacy.field.${field}`, {}), words }) : (act.reason ?? '')
}
