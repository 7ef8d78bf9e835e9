import { effectScope, type EffectScope, nextTick, ref } from 'vue'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { type StickyScroll, useStickyScroll } from './useStickyScroll'

let box: HTMLElement
let height: number
let scope: EffectScope
let scroll: StickyScroll

beforeEach(() => {
  box = document.createElement('div')
  height = 1000
  Object.defineProperty(box, 'scrollHeight', { get: () => height })
  Object.defineProperty(box, 'clientHeight', { value: 200 })
  scope = effectScope()
  scroll = scope.run(() => useStickyScroll(ref(box))) as StickyScroll
})

afterEach(() => scope.stop())

function scrollTo(top: number): void {
  box.scrollTop = top
  scroll.onScroll()
}

it('follows new lines while the reader is at the bottom', async () => {
  scrollTo(800)
  height = 1100

  await scroll.grown()

  expect(box.scrollTop).toBe(1100)
  expect(scroll.hasNews.value).toBe(false)
})

it('leaves a reader of old lines where he is and tells him of news', async () => {
  scrollTo(100)
  height = 1100

  await scroll.grown()
  expect(box.scrollTop).toBe(100)
  expect(scroll.hasNews.value).toBe(true)

  await scroll.toBottom()
  expect(scroll.hasNews.value).toBe(false)
})

it('keeps what one looks at in place when earlier lines come above it', async () => {
  scrollTo(50)

  await scroll.keepPlace(async () => {
    height = 1600
  })

  expect(box.scrollTop).toBe(650)
})

it('stays at the bottom when the browser scrolls because the words wrap anew', async () => {
  await scroll.toBottom()
  height = 1400
  scrollTo(900)
  await nextTick()

  expect(box.scrollTop).toBe(1400)
})
