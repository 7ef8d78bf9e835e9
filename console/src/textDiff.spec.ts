import { expect, it } from 'vitest'

import { diffChars, diffLines } from './textDiff'

it('keeps what is the same and marks the changed characters of a rewritten line', () => {
  expect(diffLines(['标题：卡', '正文：换不了'], ['标题：卡', '正文：换得了'])).toEqual([
    { kind: 'same', parts: [{ kind: 'same', text: '标题：卡' }] },
    { kind: 'out', parts: [{ kind: 'same', text: '正文：换' }, { kind: 'out', text: '不' }, { kind: 'same', text: '了' }] },
    { kind: 'in', parts: [{ kind: 'same', text: '正文：换' }, { kind: 'in', text: '得' }, { kind: 'same', text: '了' }] },
  ])
})

it.each([
  [['a'], [], ['out']],
  [[], ['a', 'b'], ['in', 'in']],
  [['a', 'b'], ['a', 'b'], ['same', 'same']],
  [['a'], ['b', 'c'], ['out', 'in', 'in']],
])('tells lines taken out and put in: %s → %s', (before, after, kinds) => {
  expect(diffLines(before, after).map((line) => line.kind)).toEqual(kinds)
})

it('joins neighbouring characters of one kind', () => {
  expect(diffChars('免费查', '查')).toEqual([
    { kind: 'out', text: '免费' },
    { kind: 'same', text: '查' },
  ])
})
