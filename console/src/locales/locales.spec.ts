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
