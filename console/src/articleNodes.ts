/** What articles have besides text: blocks of products, the place to ask, and words the rules object to. */
import { Extension, Node } from '@tiptap/core'
import type { Node as Doc } from '@tiptap/pm/model'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { Decoration, DecorationSet } from '@tiptap/pm/view'

import type { ArticleMark } from './api/types'
import { nodesOf } from './articles'

export interface Block {
  name: string
  html: string
}

/** A product's block; `blocks` tells what it looks like now, `gone` what stands in place of one that is not on offer. */
export const ProductBlock = Node.create<{ blocks: () => ReadonlyMap<string, Block>; gone: () => string }>({
  name: 'product',
  group: 'block',
  atom: true,
  draggable: true,
  addOptions: () => ({ blocks: () => new Map(), gone: () => '' }),
  addAttributes: () => ({ id: { parseHTML: (element) => element.getAttribute('data-product') } }),
  parseHTML: () => [{ tag: 'section[data-product]', priority: 100 }],
  renderHTML: ({ node }) => ['section', { 'data-product': node.attrs.id as string }],
  addNodeView() {
    return ({ node }) => {
      const block = this.options.blocks().get(node.attrs.id as string)
      return { dom: frame('product', block ? nodesOf(block.html) : [document.createTextNode(this.options.gone())]) }
    }
  },
})

/** Where the QR code will stand by which a reader asks. */
export const AskBlock = Node.create<{ hint: () => string }>({
  name: 'ask',
  group: 'block',
  atom: true,
  draggable: true,
  addOptions: () => ({ hint: () => '' }),
  parseHTML: () => [{ tag: 'section[data-ask]', priority: 100 }],
  renderHTML: () => ['section', { 'data-ask': '' }],
  addNodeView() {
    return () => ({ dom: frame('ask', [document.createTextNode(this.options.hint())]) })
  },
})

function frame(kind: string, inside: globalThis.Node[]): HTMLElement {
  const dom = document.createElement('section')
  dom.className = `block ${kind}`
  dom.contentEditable = 'false'
  dom.replaceChildren(...inside)
  return dom
}

export const marksKey = new PluginKey<DecorationSet>('marks')

/** Underlines the words the rules object to; told anew with `tr.setMeta(marksKey, marks)`. */
export const MarkedWords = Extension.create<{ blocks: () => ReadonlyMap<string, Block> }>({
  name: 'markedWords',
  addOptions: () => ({ blocks: () => new Map() }),
  addProseMirrorPlugins() {
    const { blocks } = this.options
    return [
      new Plugin<DecorationSet>({
        key: marksKey,
        state: {
          init: () => DecorationSet.empty,
          apply: (tr, old) => {
            const marks = tr.getMeta(marksKey) as ArticleMark[] | undefined
            return marks ? DecorationSet.create(tr.doc, marks.flatMap((mark) => decorated(tr.doc, mark, blocks()))) : old.map(tr.mapping, tr.doc)
          },
        },
        props: { decorations: (state) => marksKey.getState(state) },
      }),
    ]
  },
})

function decorated(doc: Doc, mark: ArticleMark, blocks: ReadonlyMap<string, Block>): Decoration[] {
  const range = rangeOf(doc, mark, blocks)
  if (!range) return []
  const look = { class: `mark grade-${mark.grade}`, title: mark.why }
  return [range.isBlock ? Decoration.node(range.from, range.to, look) : Decoration.inline(range.from, range.to, look)]
}

export interface Range {
  from: number
  to: number
  isBlock: boolean
}

/** Where in the document the words of a mark stand: the nth of their kind in the text the server read; null when they were changed since. */
export function rangeOf(doc: Doc, mark: Pick<ArticleMark, 'quote' | 'nth'>, blocks: ReadonlyMap<string, Block>): Range | null {
  const { text, at } = readDoc(doc, blocks)
  let start = text.indexOf(mark.quote)
  for (let seen = 0; seen < mark.nth && start >= 0; seen += 1) start = text.indexOf(mark.quote, start + mark.quote.length)
  const first = start < 0 ? undefined : at[start]
  const last = at[start + mark.quote.length - 1]
  if (!first || !last) return null
  return { from: first.pos, to: last.pos + 1, isBlock: first.isBlock }
}

interface Place {
  pos: number
  isBlock: boolean
}

/** The document as the server reads its HTML: a line for each block, products with their own lines. */
function readDoc(doc: Doc, blocks: ReadonlyMap<string, Block>): { text: string; at: Place[] } {
  let text = ''
  const at: Place[] = []
  const add = (words: string, pos: number, isBlock: boolean, step: number): void => {
    text += words
    for (let index = 0; index < words.length; index += 1) at.push({ pos: pos + index * step, isBlock })
  }
  const end = (pos: number): void => {
    if (text && !text.endsWith('\n')) add('\n', pos, false, 0)
  }
  doc.descendants((node, pos) => {
    if (node.isText) add(node.text ?? '', pos, false, 1)
    else if (node.type.name === 'product') {
      end(pos)
      add(linesOf(blocks.get(node.attrs.id as string)), pos, true, 0)
    } else if (node.isBlock || node.type.name === 'hardBreak') end(pos)
  })
  return { text, at }
}

function linesOf(block: Block | undefined): string {
  const parsed = new DOMParser().parseFromString(block?.html ?? '', 'text/html')
  return [...parsed.body.children].map((line) => `${line.textContent ?? ''}\n`).join('')
}
