/** The bodies of knowledge as people edit and compare them: form values, and lines of text. */
import type { KnowledgeDraft, KnowledgeItem, KnowledgeKind, KnowledgeVersion } from './api/types'

export const KINDS: KnowledgeKind[] = ['answer', 'faq', 'policy', 'tip', 'product', 'guide']
/** Kinds of which people may begin new items; answers and guides are asked for by name. */
export const NEW_KINDS: KnowledgeKind[] = ['faq', 'policy', 'tip', 'product', 'guide', 'answer']
/** True for what the release brought and the bot asks for by name: without its versions, the release's words speak again. */
export const isNeverSilent = ({ kind, versions }: KnowledgeItem): boolean =>
  (kind === 'answer' || kind === 'guide') && versions.some((one) => one.state === 'seed')

/** `url` is the page a line opens; empty for a line that is answered in the chat. */
export interface ChoiceLine {
  id: string
  text: string
  url: string
}

export interface FaultLine {
  words: string
  answer: string
}

export interface StepForm {
  text: string
  stuck: string
  picture: string
  faults: FaultLine[]
}

/** All that any kind can have, as form values; each kind uses its own part. */
export interface BodyForm {
  text: string
  questions: string
  choices: ChoiceLine[]
  done: string
  steps: StepForm[]
  product: Record<string, string | boolean>
}

/** A product's fields in the order they are asked for. */
export const PRODUCT_FIELDS = [
  { name: 'kind', type: 'text' },
  { name: 'pitch', type: 'area' },
  { name: 'annual_rate_bp', type: 'number' },
  { name: 'max_amount_yuan', type: 'number' },
  { name: 'max_term_months', type: 'number' },
  { name: 'min_years', type: 'number' },
  { name: 'needs_collateral', type: 'yes' },
  { name: 'needs', type: 'lines' },
  { name: 'condition', type: 'optional' },
  { name: 'industries', type: 'lines' },
  { name: 'costs', type: 'text' },
  { name: 'how', type: 'text' },
  { name: 'guide', type: 'optional' },
  { name: 'is_sample', type: 'yes' },
] as const

type Body = KnowledgeDraft['body']

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
const lines = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean)
const words = (text: string): string[] => text.split(/[,，、\s]+/).filter(Boolean)

/** The form of a body, whatever is in it. */
export function formOf(body: Body): BodyForm {
  return {
    text: textOf(body.text),
    questions: listOf(body.questions).map(textOf).join('\n'),
    choices: listOf(body.choices).filter(isRecord).map((one) => ({ id: textOf(one.id), text: textOf(one.text), url: textOf(one.url) })),
    done: textOf(body.done),
    steps: listOf(body.steps).filter(isRecord).map(stepOf),
    product: Object.fromEntries(
      PRODUCT_FIELDS.map(({ name, type }) => [
        name,
        type === 'yes' ? body[name] === true : type === 'lines' ? listOf(body[name]).map(textOf).join('\n') : textOf(body[name]),
      ]),
    ),
  }
}

function stepOf(row: Record<string, unknown>): StepForm {
  const faults = listOf(row.faults).filter(isRecord)
  return {
    text: textOf(row.text),
    stuck: textOf(row.stuck),
    picture: textOf(row.picture),
    faults: faults.map((one) => ({ words: listOf(one.words).map(textOf).join('、'), answer: textOf(one.answer) })),
  }
}

/** The body of a form, in the shape its kind has. */
export function bodyOf(kind: KnowledgeKind, form: BodyForm): Body {
  if (kind === 'product') return productOf(form.product)
  if (kind === 'guide') {
    const steps = form.steps.map((one) => ({
      text: one.text.trim(),
      stuck: one.stuck.trim(),
      faults: one.faults.map((fault) => ({ words: words(fault.words), answer: fault.answer.trim() })),
      ...(one.picture.trim() && { picture: one.picture.trim() }),
    }))
    return { steps, done: form.done.trim() }
  }
  const said = { text: form.text.trim(), choices: form.choices.map(choiceOf) }
  return kind === 'answer' ? said : { questions: lines(form.questions), ...said }
}

function choiceOf({ id, text, url }: ChoiceLine): Record<string, string> {
  return { id: id.trim(), text: text.trim(), ...(url.trim() && { url: url.trim() }) }
}

function productOf(form: BodyForm['product']): Body {
  return Object.fromEntries(
    PRODUCT_FIELDS.map(({ name, type }) => {
      const value = form[name] ?? ''
      if (typeof value === 'boolean') return [name, value]
      if (type === 'number') return [name, value.trim() === '' ? null : Number(value)]
      if (type === 'lines') return [name, lines(value)]
      return [name, type === 'optional' && !value.trim() ? null : value.trim()]
    }),
  )
}

/** A version as lines of text, for comparing it with another. */
export function linesOf(version: KnowledgeVersion, labelOf: (name: string) => string): string[] {
  const told = [
    ['title', version.title],
    ['owner', version.owner],
    ['source', version.source],
    ['regions', version.regions.join('、')],
    ['effective_from', version.effective_from ?? ''],
    ['effective_until', version.effective_until ?? ''],
  ] as const
  return [...told.filter(([, value]) => value).map(([name, value]) => `${labelOf(name)}：${value}`), ...bodyLines(version.body, labelOf)]
}

function bodyLines(value: unknown, labelOf: (name: string) => string, label = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one, at) => bodyLines(one, labelOf, `${label} ${at + 1}`))
  if (isRecord(value)) {
    if ('id' in value && 'text' in value) {
      const page = textOf(value.url)
      return [`${label}：${textOf(value.text)} → ${textOf(value.id)}${page && ` · ${labelOf('url')}：${page}`}`]
    }
    return Object.entries(value).flatMap(([name, inner]) => bodyLines(inner, labelOf, label ? `${label} · ${labelOf(name)}` : labelOf(name)))
  }
  if (value === null || value === '') return []
  return String(value).split('\n').map((line) => `${label}：${line}`)
}
