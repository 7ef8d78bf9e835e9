/** Follows the newest line only while the reader is at the bottom; otherwise tells that there is something new. */
import { useResizeObserver } from '@vueuse/core'
import { nextTick, type Ref, ref } from 'vue'

const NEAR_PX = 48

export interface StickyScroll {
  hasNews: Ref<boolean>
  onScroll: () => void
  toBottom: () => Promise<void>
  grown: () => Promise<void>
  keepPlace: (grow: () => Promise<void>) => Promise<void>
}

type Place = Readonly<Ref<HTMLElement | undefined>>

/** `content` is what stands inside the box, where it can grow by itself: a picture comes late. */
export function useStickyScroll(box: Place, content: Place = box): StickyScroll {
  const hasNews = ref(false)
  let isAtBottom = true
  let size = ''

  // The box shrinks when the composer below it grows; the last words must not slip out of sight.
  useResizeObserver([box, content], () => {
    if (isAtBottom) void toBottom()
  })

  function onScroll(): void {
    const el = box.value
    if (!el) return
    // A browser scrolls by itself where the words wrap anew: that is no reader leaving the bottom.
    const isReader = size === '' || size === sizeOf(el)
    size = sizeOf(el)
    if (isAtBottom && !isReader) return void toBottom()
    isAtBottom = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_PX
    if (isAtBottom) hasNews.value = false
  }

  async function toBottom(): Promise<void> {
    await nextTick()
    isAtBottom = true
    hasNews.value = false
    if (!box.value) return
    size = sizeOf(box.value)
    box.value.scrollTop = box.value.scrollHeight
  }

  /** Something was added below. */
  async function grown(): Promise<void> {
    if (isAtBottom) await toBottom()
    else hasNews.value = true
  }

  /** Something is added above: what the reader looks at stays where it is. */
  async function keepPlace(grow: () => Promise<void>): Promise<void> {
    const before = box.value?.scrollHeight ?? 0
    await grow()
    await nextTick()
    if (box.value) box.value.scrollTop += box.value.scrollHeight - before
  }

  return { hasNews, onScroll, toBottom, grown, keepPlace }
}

function sizeOf(box: HTMLElement): string {
  return `${box.clientWidth} ${box.clientHeight} ${box.scrollHeight}`
}
