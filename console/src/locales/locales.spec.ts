import { expect, it } from 'vitest'

import { en } from './en'
import { zhCN } from './zh-CN'

function blanks(tree: object, path = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string'
      ? [`${path}${key} ${[...value.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort().join(',')}`]
      : blanks(value as object, `${path}${key}.`),
  )
}

it('has the same keys with the same blanks in both languages', () => {
  expect(blanks(en)).toEqual(blanks(zhCN))
})

function has(tree: unknown, path: string): boolean {
  return path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], tree) !== undefined
}

it('has every text the pages name', () => {
  const sources = import.meta.glob<string>(['../**/*.vue', '../**/*.ts', '!../**/*.spec.ts'], { query: '?raw', import: 'default', eager: true })
  const named = Object.values(sources).flatMap((source) => [...source.matchAll(/\bt\('([\w.-]+)'/g)].map((found) => found[1] ?? ''))

  expect(named.length).toBeGreaterThan(500)
  expect([...new Set(named)].filter((path) => !has(zhCN, path))).toEqual([])
})
