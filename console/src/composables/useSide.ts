/** Which part of the right pane is shown; shared, because keys and buttons elsewhere open it. */
import { ref } from 'vue'

export type Side = 'case' | 'knowledge' | 'guide'

const side = ref<Side>('case')
/** Counts how often the search was asked for, so that its box takes the focus. */
const searches = ref(0)

export function useSide(): { side: typeof side; searches: typeof searches; openSearch: () => void } {
  return { side, searches, openSearch }
}

function openSearch(): void {
  side.value = 'knowledge'
  searches.value++
}
