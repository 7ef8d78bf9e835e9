import { Editor } from '@tiptap/core'
import StarterKit from '@tiptap/starter-kit'
import { expect, it } from 'vitest'

import { AskBlock, MarkedWords, marksKey, ProductBlock, rangeOf } from './articleNodes'
import { aMark } from './test/articleSamples'

const BLOCKS = new Map([['kuaidai', { name: '经营快贷', html: '<p>经营快贷</p><p>年化利率（单利）：3.45%起，不必批</p>' }]])

function editing(content: string): Editor {
  const blocks = () => BLOCKS
  return new Editor({
    content,
    extensions: [StarterKit, ProductBlock.configure({ blocks, gone: () => '不办理' }), AskBlock.configure({ hint: () => '扫码' }), MarkedWords.configure({ blocks })],
  })
}

const marked = (editor: Editor, quote: string, nth = 0): string | null => {
  const range = rangeOf(editor.state.doc, { quote, nth }, BLOCKS)
  return range && editor.state.doc.textBetween(range.from, range.to)
}

it('blocks come back as the server writes them', () => {
  const body = '<p>好</p><section data-product="kuaidai"></section><section data-ask=""></section><p>的</p>'

  expect(editing(body).getHTML()).toBe(body)
})

it('a block shows the product as it is now, and says so when it is gone', () => {
  const editor = editing('<section data-product="kuaidai"></section><section data-product="other"></section>')

  expect([...editor.view.dom.querySelectorAll('.block')].map((one) => one.textContent)).toEqual(['经营快贷年化利率（单利）：3.45%起，不必批', '不办理'])
})

it('the nth of some words is found, across bold words and lines', () => {
  const editor = editing('<p>必批。</p><p>这<strong>必</strong>批</p>')

  expect(marked(editor, '必批', 1)).toBe('必批')
  expect(rangeOf(editor.state.doc, { quote: '必批', nth: 1 }, BLOCKS)?.from).toBe(7)
  expect(marked(editor, '必批', 2)).toBeNull()
  expect(marked(editor, '批。\n这')).toBe('批。这')
})

it('words of a block count, and mark the whole block', () => {
  const editor = editing('<section data-product="kuaidai"></section><p>必批</p>')

  expect(rangeOf(editor.state.doc, { quote: '必批', nth: 0 }, BLOCKS)).toMatchObject({ from: 0, to: 1, isBlock: true })
  expect(marked(editor, '必批', 1)).toBe('必批')
})

it('marks are underlined and move with the text', () => {
  const editor = editing('<p>这款必批</p>')
  editor.view.dispatch(editor.state.tr.setMeta(marksKey, [aMark()]))
  editor.commands.insertContentAt(1, '说')

  const found = editor.view.dom.querySelector('.mark')

  expect([found?.textContent, found?.className, found?.getAttribute('title')]).toEqual(['必批', 'mark grade-block', '不得承诺'])
})
