/** Who else has a chat on his screen, as the stream tells it; forgotten with the page. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

export interface Viewer {
  rep: string
  name: string
  is_typing: boolean
}

export const useViewers = defineStore('viewers', () => {
  const viewers = ref(new Map<number, Viewer[]>())

  const of = (id: number): Viewer[] => viewers.value.get(id) ?? []
  const set = (id: number, found: Viewer[]): void => void viewers.value.set(id, found)

  return { of, set }
})

/** The viewers an event names; what does not look like one is left out. */
export function viewersIn(value: unknown): Viewer[] {
  return Array.isArray(value) ? value.filter(isViewer) : []
}

function isViewer(value: unknown): value is Viewer {
  if (typeof value !== 'object' || value === null) return false
  const { rep, name, is_typing: isTyping } = value as Partial<Viewer>
  return typeof rep === 'string' && typeof name === 'string' && typeof isTyping === 'boolean'
}
