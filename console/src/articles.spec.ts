import { expect, it } from 'vitest'

import { cropAt, cropOf, nodesOf, toldCrop } from './articles'

const html = (given: string): string => {
  const root = document.createElement('div')
  root.replaceChildren(...nodesOf(given))
  return root.innerHTML
}

it.each([
  [900, 600, 2.35, 1, { x1: 0, y1: 0.180851, x2: 1, y2: 0.819149 }],
  [900, 600, 1, 1, { x1: 0.166667, y1: 0, x2: 0.833333, y2: 1 }],
  [900, 600, 1, 2, { x1: 0.333333, y1: 0.25, x2: 0.666667, y2: 0.75 }],
])('a crop of %d by %d at %d has its ratio and stands in the middle', (width, height, ratio, zoom, expected) => {
  const made = cropAt(width, height, ratio, zoom, { x: 0.5, y: 0.5 })

  expect(cropOf(toldCrop(made))).toEqual(expected)
  expect(((made.x2 - made.x1) * width) / ((made.y2 - made.y1) * height)).toBeCloseTo(ratio)
})

it('a crop never leaves the picture', () => {
  expect(cropAt(900, 600, 1, 1, { x: 5, y: -5 })).toMatchObject({ x2: 1, y1: 0 })
})

it('an empty crop is none', () => {
  expect(cropOf('')).toBeNull()
})

it.each([
  ['<p style="color:red">好<b>的</b></p>', '<p style="color:red">好<b>的</b></p>'],
  ['<p onclick="x()">好<script>x()</script><style>p{}</style></p>', '<p>好</p>'],
  ['<img src="https://evil.example/x.png"><img src="/api/articles/pictures/3">', '<img src="/api/articles/pictures/3" alt="">'],
  ['<a href="javascript:x()">好</a>', '<span class="link">好</span>'],
  ['<iframe src="x"></iframe><main>好</main>', '好'],
  ['<section data-product="a"></section><!-- 注 -->', '<section data-product="a"></section>'],
])('%s is shown as %s', (given, shown) => {
  expect(html(given)).toBe(shown)
})
