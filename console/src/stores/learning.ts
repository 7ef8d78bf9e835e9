/** The page 待学习: what was misread, the lessons of one state, and the model's figures. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import * as api from '../api/learning'
import type { Group, LearningFigures, Lesson, LessonState } from '../api/types'

/** `groups` is what nobody has decided about; the others are states of lessons. */
export type LearnTab = 'groups' | Exclude<LessonState, 'withdrawn'>

export const useLearning = defineStore('learning', () => {
  const tab = ref<LearnTab>('groups')
  const groups = ref<Group[]>([])
  const isCut = ref(false)
  const lessons = ref<Lesson[]>([])
  const next = ref<number | null>(null)
  const figures = ref<LearningFigures>({ items: [], lessons: {} })
  const isLoaded = ref(false)
  const counts = computed(() => figures.value.lessons)

  /** Show another list. */
  async function open(wanted: LearnTab): Promise<void> {
    tab.value = wanted
    isLoaded.value = false
    await refresh()
  }

  /** Read the list shown and the figures anew. */
  async function refresh(): Promise<void> {
    const wanted = tab.value
    const [found] = await Promise.all([read(wanted), readFigures()])
    // The person may have gone on to another list meanwhile.
    if (wanted === tab.value) show(found)
  }

  async function more(): Promise<void> {
    if (tab.value === 'groups' || next.value === null) return
    const page = await api.listLessons(tab.value, next.value)
    lessons.value = [...lessons.value, ...page.items]
    next.value = page.next
  }

  /** Decide about texts of a group, then read what is left. */
  async function decide(body: api.DecideBody): Promise<void> {
    await api.decide(body)
    await refresh()
  }

  /** Take one step with a lesson, which leaves the list shown. */
  async function step(id: number, act: () => Promise<Lesson>): Promise<void> {
    await act()
    lessons.value = lessons.value.filter((one) => one.id !== id)
    await readFigures()
  }

  async function read(wanted: LearnTab): Promise<Partial<{ groups: Group[]; isCut: boolean; lessons: Lesson[]; next: number | null }>> {
    if (wanted !== 'groups') {
      const page = await api.listLessons(wanted)
      return { lessons: page.items, next: page.next }
    }
    const page = await api.listGroups()
    return { groups: page.items, isCut: page.is_cut }
  }

  function show(found: Awaited<ReturnType<typeof read>>): void {
    groups.value = found.groups ?? []
    isCut.value = found.isCut ?? false
    lessons.value = found.lessons ?? []
    next.value = found.next ?? null
    isLoaded.value = true
  }

  async function readFigures(): Promise<void> {
    figures.value = await api.getFigures()
  }

  function reset(): void {
    tab.value = 'groups'
    figures.value = { items: [], lessons: {} }
    show({})
    isLoaded.value = false
  }

  return { tab, groups, isCut, lessons, next, figures, counts, isLoaded, open, refresh, more, decide, step, reset }
})
