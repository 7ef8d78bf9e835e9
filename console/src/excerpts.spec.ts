import { expect, it } from 'vitest'

import { markExcerpts } from './excerpts'

it('marks every place an excerpt occurs and keeps the text whole', () => {
  const text = '保证批贷，把验证码发我，保证'

  const pieces = markExcerpts(text, ['保证', '验证码发我'])

  expect(pieces.map((piece) => piece.text).join('')).toBe(text)
  expect(pieces.filter((piece) => piece.marked).map((piece) => piece.text)).toEqual(['保证', '验证码发我', '保证'])
})

it('leaves a text without a hit in one piece', () => {
  expect(markExcerpts('您好', ['保证', ''])).toEqual([{ text: '您好', marked: false }])
})
