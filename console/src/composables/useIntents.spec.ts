import { expect, it } from 'vitest'

import { findIntents, guessText } from './useIntents'

const ALL = [
  { intent: 'e_receipt', label: '电子回单' },
  { intent: 'ukey_lost', label: 'U盾丢了' },
]

it.each([
  ['回单', ['e_receipt']],
  [' u盾 ', ['ukey_lost']],
  ['e_rec', ['e_receipt']],
  ['', ['e_receipt', 'ukey_lost']],
  ['没有', []],
])('finds %s by Chinese name or id', (typed, found) => {
  expect(findIntents(ALL, typed).map((one) => one.intent)).toEqual(found)
})

it('says guesses in one line', () => {
  const guesses = [
    { intent: 'e_receipt', label: '电子回单', share: 0.304 },
    { intent: 'ukey_lost', label: 'U盾丢了', share: null },
  ]
  expect(guessText(guesses)).toBe('电子回单 30% · U盾丢了 0%')
})
