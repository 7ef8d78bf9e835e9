/** The colours of styles.css, light and dark, against WCAG AA: 4.5 for words, 3 for marks and outlines. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

const css = readFileSync('src/styles.css', 'utf8')
const GROUNDS = ['surface', 'page', 'sunken', 'chip', 'brand-soft', 'own']
/** What is written on what. */
const WORDS: [string, string][] = [
  ...['ink', 'ink-2', 'ink-3'].flatMap((ink) => GROUNDS.map((ground): [string, string] => [ink, ground])),
  ...['brand', 'brand-dark'].flatMap((ink) => ['surface', 'page', 'sunken', 'brand-soft'].map((ground): [string, string] => [ink, ground])),
  ...['ok', 'warn', 'bad', 'info'].flatMap((ink) => ['surface', 'sunken', `${ink}-soft`].map((ground): [string, string] => [ink, ground])),
  ...['ok', 'warn', 'bad', 'info'].map((ground): [string, string] => ['ink', `${ground}-soft`]),
  ...['brand', 'brand-dark', 'ok', 'warn', 'bad', 'info'].map((ground): [string, string] => ['on-strong', ground]),
  ['ink', 'bad-mark'], ['ink', 'ok-mark'],
  ['phone-ink', 'phone-bubble'], ['phone-ink', 'phone-bar'], ['phone-note', 'phone-page'], ['phone-link', 'phone-bubble'],
]
const MARKS: [string, string][] = [
  ...['brand', 'ok-dot', 'info-dot', 'off-dot', 'bad'].map((mark): [string, string] => [mark, 'surface']),
]

function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? ''
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1], found[2]]))
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (high + 0.05) / (low + 0.05)
}

const light = tokens(':root')
const themes = { light, dark: { ...light, ...tokens('html.dark') } }

describe.each(Object.entries(themes))('the %s theme', (_name, colours) => {
  it.each(WORDS)('has words of %s readable on %s', (ink, ground) => {
    expect(contrast(colours[ink] ?? '', colours[ground] ?? '')).toBeGreaterThanOrEqual(4.5)
  })

  it.each(MARKS)('has marks of %s visible on %s', (mark, ground) => {
    expect(contrast(colours[mark] ?? '', colours[ground] ?? '')).toBeGreaterThanOrEqual(3)
  })
})

it('gives every colour of the light theme a dark one', () => {
  const missing = Object.keys(light).filter((name) => !name.startsWith('phone-') && !(name in tokens('html.dark')))

  expect(missing).toEqual([])
})

it('is the only place where colours are written', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => /\.(vue|css)$/.test(file) && file !== 'styles.css')
  const found = files.filter((file) => /#[0-9a-f]{3,8}\b(?=[;"'\s,)])|rgba?\(|hsla?\(/i.test(styleOf(readFileSync(join('src', file), 'utf8'))))

  expect(found).toEqual([])
})

function styleOf(source: string): string {
  return source.includes('<template>') ? source.slice(source.indexOf('<template>')).replace(/href="#[^"]*"/g, '') : source
}
