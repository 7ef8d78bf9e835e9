/** The rule of a segment as people edit it: a tree that is never changed in place. */
import type { AudienceField, AudienceRule } from './api/types'

export type How = 'all' | 'any' | 'not'
export type Op = AudienceField['ops'][number]

export interface Condition {
  field: string
  op: Op
  value: unknown
  days?: number | ''
}

export interface Group {
  op: How
  of: Node[]
}

export type Node = Condition | Group

export const HOWS: How[] = ['all', 'any', 'not']
export const isGroup = (node: Node): node is Group => 'of' in node

/** Verdicts that put a follower on the list, and those that do not. */
export const ON_LIST = ['matched', 'also', 'opted_out', 'not_following'] as const
export const NOT_ON_LIST = ['unknown', 'duplicate', 'bad_phone', 'nobody', 'other_branch', 'erased'] as const

const DAYS = 30

/** A new condition on a field, as it is offered first. */
export function conditionOn(field: AudienceField): Condition {
  return withOp(field, { field: field.name, op: field.ops[0] ?? 'any_of', value: null }, field.ops[0] ?? 'any_of')
}

/** The same condition compared otherwise; a value that no longer fits gives way to an empty one. */
export function withOp(field: AudienceField, condition: Condition, op: Op): Condition {
  const keeps = condition.op !== op && shapeOf(condition.op) === shapeOf(op)
  const value = keeps ? condition.value : emptyOf(op)
  return { field: field.name, op, value, ...(field.kind === 'asked' && { days: condition.days ?? 7 }) }
}

function shapeOf(op: Op): string {
  if (op === 'any_of' || op === 'none_of') return 'choices'
  if (op === 'at_least' || op === 'at_most') return 'number'
  if (op === 'between' || op === 'is') return op
  return 'days'
}

function emptyOf(op: Op): unknown {
  return { choices: [], number: '', between: ['', ''], is: true, days: DAYS }[shapeOf(op)]
}

/** The group with one of its parts replaced, or taken out for null. */
export function withPart(group: Group, at: number, part: Node | null): Group {
  const of = group.of.flatMap((one, number) => (number === at ? (part === null ? [] : [part]) : [one]))
  return { ...group, of }
}

export const withMore = (group: Group, part: Node): Group => ({ ...group, of: [...group.of, part] })

/** A kept rule as a group to edit; a lone condition gets one around it. */
export function editable(rule: AudienceRule): Group {
  const node = structuredClone(rule) as unknown as Node
  return isGroup(node) ? node : { op: 'all', of: [node] }
}

export const asRule = (group: Group): AudienceRule => structuredClone(group) as unknown as AudienceRule

/** The flaw that stands at this very place, if any. */
export function flawAt(flaws: readonly { path: string; text: string }[], path: string): string {
  return flaws.find((one) => one.path === path)?.text ?? ''
}

export const pathIn = (path: string, at: number): string => `${path ? `${path}.` : ''}of.${at}`

/** A number as people type it; "" while there is none. */
export function typed(text: string): number | '' {
  const number = Number(text)
  return text.trim() === '' || !Number.isFinite(number) ? '' : number
}

/** Bytes as base64, in steps the engine can take as arguments. */
export function base64(bytes: Uint8Array): string {
  const step = 0x8000
  let text = ''
  for (let at = 0; at < bytes.length; at += step) text += String.fromCharCode(...bytes.subarray(at, at + step))
  return btoa(text)
}
