/** What the page 图文 reckons for itself: the form, crops, and which HTML it shows. */
import type { ArticleVersion, ArticleWords } from './api/types'

/** Width by height of the two covers the platform shows. */
export const RATIOS = { crop_235_1: 2.35, crop_1_1: 1 } as const
export type CropName = keyof typeof RATIOS

export interface Crop {
  x1: number
  y1: number
  x2: number
  y2: number
}

/** The words of a version as the composer writes them. */
export function wordsOf(version: ArticleVersion): ArticleWords {
  const { title, author, digest, body, kind, cover_id, crop_235_1, crop_1_1, source_url, goal } = version
  return { title, author, digest, body, kind, cover_id, crop_235_1, crop_1_1, source_url, goal }
}

/** "X1_Y1_X2_Y2" as a crop; null for "". */
export function cropOf(told: string): Crop | null {
  const [x1, y1, x2, y2] = told.split('_').map(Number)
  return x1 !== undefined && y1 !== undefined && x2 !== undefined && y2 !== undefined ? { x1, y1, x2, y2 } : null
}

export function toldCrop({ x1, y1, x2, y2 }: Crop): string {
  return [x1, y1, x2, y2].map((part) => String(Number(part.toFixed(6)))).join('_')
}

/** The largest crop of this ratio in the middle of a picture `width` by `height`, made smaller by `zoom` and moved so that it stays inside. */
export function cropAt(width: number, height: number, ratio: number, zoom: number, middle: { x: number; y: number }): Crop {
  const most = Math.min(width, height * ratio)
  const [wide, high] = [most / zoom / width, most / zoom / ratio / height]
  const within = (at: number, size: number): number => Math.min(Math.max(at - size / 2, 0), 1 - size)
  const [x1, y1] = [within(middle.x, wide), within(middle.y, high)]
  return { x1, y1, x2: Math.min(x1 + wide, 1), y2: Math.min(y1 + high, 1) }
}

const TAGS = new Set('p section span strong b em i u s blockquote ul ol li h1 h2 h3 h4 table tbody thead tr td th br hr img a'.split(' '))
const ATTRIBUTES = new Set(['style', 'alt', 'colspan', 'rowspan', 'data-product', 'data-ask'])
const OWN_PICTURE = /^\/api\/articles\/pictures\/\d+$/

/** HTML of an article as nodes to show. The server has cleaned it; what it should not have let pass is left out here as well. */
export function nodesOf(html: string): Node[] {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  return [...parsed.body.childNodes].flatMap(shown)
}

function shown(node: Node): Node[] {
  if (node instanceof Text) return [document.createTextNode(node.data)]
  if (!(node instanceof Element)) return []
  const children = [...node.childNodes].flatMap(shown)
  const tag = node.tagName.toLowerCase()
  if (!TAGS.has(tag)) return tag === 'script' || tag === 'style' ? [] : children
  const made = document.createElement(tag === 'a' ? 'span' : tag)
  for (const { name, value } of node.attributes) if (ATTRIBUTES.has(name)) made.setAttribute(name, value)
  const source = node.getAttribute('src') ?? ''
  if (tag === 'img') {
    if (!OWN_PICTURE.test(source)) return []
    made.setAttribute('src', source)
    made.setAttribute('alt', node.getAttribute('alt') ?? '')
  }
  if (tag === 'a') made.className = 'link'
  made.replaceChildren(...children)
  return [made]
}
