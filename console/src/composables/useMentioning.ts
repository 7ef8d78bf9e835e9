/** Naming colleagues in a note: who fits what follows the last @, and who is named in the end. */
import { computed, type ComputedRef, nextTick, type Ref, ref, watch } from 'vue'

export interface Colleague {
  username: string
  display_name: string
}

const SHOWN = 8
const MOST = 10
/** An @ and what was begun behind it, up to the cursor. */
const BEGUN = /@([^\s@]{0,12})$/

export interface Mentioning {
  matches: ComputedRef<Colleague[]>
  active: Ref<number>
  isPicking: ComputedRef<boolean>
  move: (step: 1 | -1) => void
  choose: (index: number) => void
  shut: () => void
  mentioned: (text: string) => string[]
}

export function useMentioning(options: {
  draft: Ref<string>
  input: Readonly<Ref<HTMLTextAreaElement | undefined>>
  people: Readonly<Ref<Colleague[]>>
}): Mentioning {
  const { draft, input, people } = options
  const active = ref(0)
  /** The draft at which the list was shut; any change opens it again. */
  const shutAt = ref<string | null>(null)

  const before = (): string => draft.value.slice(0, input.value?.selectionStart ?? draft.value.length)
  const begun = computed(() => (draft.value ? BEGUN.exec(before())?.[1] : undefined))
  const matches = computed(() => {
    const wanted = begun.value?.toLowerCase()
    if (wanted === undefined) return []
    return people.value.filter((one) => one.display_name.toLowerCase().includes(wanted) || one.username.startsWith(wanted)).slice(0, SHOWN)
  })
  const isPicking = computed(() => matches.value.length > 0 && shutAt.value !== draft.value)
  watch(matches, () => (active.value = 0))

  function move(step: 1 | -1): void {
    active.value = (active.value + step + matches.value.length) % matches.value.length
  }

  function choose(index: number): void {
    const person = matches.value[index]
    if (!person) return
    const start = before().replace(BEGUN, `@${person.display_name} `)
    draft.value = start + draft.value.slice(before().length)
    void nextTick(() => {
      input.value?.focus()
      input.value?.setSelectionRange(start.length, start.length)
    })
  }

  const shut = (): void => void (shutAt.value = draft.value)

  /** Everybody who stands in the text behind an @; of two names that begin alike, the longer one. */
  function mentioned(text: string): string[] {
    const byLength = [...people.value].sort((a, b) => b.display_name.length - a.display_name.length)
    const named = [...text.matchAll(/@([^@\n]*)/g)].map(([, rest]) => byLength.find((one) => rest?.startsWith(one.display_name))?.username)
    return [...new Set(named.filter((one): one is string => one !== undefined))].slice(0, MOST)
  }

  return { matches, active, isPicking, move, choose, shut, mentioned }
}
