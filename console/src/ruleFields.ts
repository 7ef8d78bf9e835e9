/** The rules of a desk as the form shows them: groups, controls, limits (those of config/desks.py). */
import type { DeskRules, DeskThresholds } from './api/types'

export type Settings = DeskRules & DeskThresholds
export type FieldName = keyof Settings

export interface Field {
  readonly name: FieldName
  readonly control: 'strategy' | 'order' | 'desk' | 'number' | 'yes'
  readonly unit?: 's' | 'weight' | 'times' | 'percent'
  readonly min?: number
  readonly max?: number
}

const seconds = (name: FieldName, max: number, min = 0): Field => ({ name, control: 'number', unit: 's', min, max })

export const GROUPS: readonly { name: string; fields: readonly Field[] }[] = [
  { name: 'who', fields: [{ name: 'strategy', control: 'strategy' }, { name: 'order', control: 'order' }, seconds('dedicated_wait_s', 3600), seconds('last_rep_wait_s', 3600)] },
  { name: 'offer', fields: [seconds('offer_s', 120, 5), { name: 'misses_before_break', control: 'number', unit: 'times', min: 1, max: 10 }] },
  { name: 'waiting', fields: [{ name: 'overflow_to', control: 'desk' }, seconds('overflow_after_s', 3600)] },
  { name: 'chat', fields: [{ name: 'weight', control: 'number', unit: 'weight', min: 1, max: 5 }, seconds('first_reply_s', 3600), seconds('wrap_up_s', 600)] },
  { name: 'alerts', fields: [seconds('wait_s', 3600), { name: 'service_level_percent', control: 'number', unit: 'percent', min: 0, max: 100 }, { name: 'nobody_ready', control: 'yes' }] },
]

const THRESHOLDS: readonly FieldName[] = ['wait_s', 'service_level_percent', 'nobody_ready']

/** The form's one object as the two the server takes. */
export function partsOf(settings: Settings): { rules: DeskRules; thresholds: DeskThresholds } {
  const { wait_s, service_level_percent, nobody_ready, ...rules } = settings
  return { rules, thresholds: { wait_s, service_level_percent, nobody_ready } }
}

/** Whether a field belongs to the alerts and not to the dealing out. */
export const isThreshold = (name: FieldName): boolean => THRESHOLDS.includes(name)

/** Whether a number is one the server takes. */
export function fits(field: Field, value: unknown): boolean {
  if (field.control !== 'number') return true
  return typeof value === 'number' && Number.isInteger(value) && value >= (field.min ?? 0) && value <= (field.max ?? 0)
}
