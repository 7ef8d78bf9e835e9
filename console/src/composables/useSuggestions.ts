/** Suggested answers of the chat on the screen: read anew with each customer's line, never in the way of writing. What became of each is told. */
import { onScopeDispose, type Ref, ref, watch } from 'vue'

import { getSuggestions, noteSuggestionUse } from '../api/composing'
import type { Suggestion, Suggestions } from '../api/types'
import { useDraft } from './useDraft'
import { insertInto } from './useInsert'

interface Taken {
  lineId: number
  place: number
  by: Suggestions['by']
  suggestion: Suggestion
}

/** What was put into a draft, or is about to go out as a card, by conversation. */
const taken = new Map<number, Taken>()

export interface SuggestionList {
  found: Ref<Suggestions | null>
  /** Put it into the draft; a card is handed back to be confirmed. */
  take: (place: number) => Suggestion | undefined
  reject: (source: string) => void
  rejectAll: () => void
}

/** `isWanted`: whoever only looks on at a chat asks for none. */
export function useSuggestions(options: {
  id: Readonly<Ref<number>>
  lastLine: Readonly<Ref<number | undefined>>
  isWanted: Readonly<Ref<boolean>>
}): SuggestionList {
  const found = ref<Suggestions | null>(null)
  let asked = 0

  watch(
    [options.id, options.lastLine, options.isWanted],
    async ([id, , isWanted], before) => {
      if (before[0] !== id || !isWanted) found.value = null
      const mine = ++asked
      if (!isWanted) return
      const page = await getSuggestions(id).catch(() => null)
      // A slower answer to an older line must not replace a newer one.
      if (mine === asked) found.value = page
    },
    { immediate: true },
  )
  onScopeDispose(() => asked++)

  function take(place: number): Suggestion | undefined {
    const suggestion = found.value?.items[place]
    if (!suggestion || !found.value?.line_id) return undefined
    taken.set(options.id.value, { lineId: found.value.line_id, place: place + 1, by: found.value.by, suggestion })
    if (!suggestion.card) insertInto(options.id.value, suggestion.text)
    return suggestion
  }

  function reject(source: string): void {
    const page = found.value
    const place = page?.items.findIndex((one) => one.source === source) ?? -1
    const suggestion = page?.items[place]
    if (!page?.line_id || !suggestion) return
    tell(options.id.value, { lineId: page.line_id, place: place + 1, by: page.by, suggestion }, 'rejected')
    found.value = { ...page, items: page.items.filter((one) => one.source !== source) }
  }

  function rejectAll(): void {
    for (const { source } of found.value?.items ?? []) reject(source)
  }

  return { found, take, reject, rejectAll }
}

/** Words are on their way: whatever suggestion is in them is settled with the words that went, or put back with null. */
export function holdTaken(id: number): (sent: string | null) => void {
  const use = taken.get(id)
  if (!use || use.suggestion.card) return () => undefined
  taken.delete(id)
  return (sent) => {
    if (sent === null) taken.set(id, use)
    else tell(id, use, sent === use.suggestion.text.trim() ? 'used' : 'edited')
  }
}

/** A card went out: if it was a suggestion, it was used. */
export function noteCardSent(id: number, card: string): void {
  const use = taken.get(id)
  if (use?.suggestion.card !== card) return
  taken.delete(id)
  tell(id, use, 'used')
}

/** The draft was emptied by hand: what was put into it is gone. */
export function forgetTaken(id: number): void {
  if (!useDraft(ref(id)).value && !taken.get(id)?.suggestion.card) taken.delete(id)
}

function tell(id: number, { lineId, place, by, suggestion }: Taken, use: 'used' | 'edited' | 'rejected'): void {
  const { source, version } = suggestion
  // Feedback is worth no error message.
  void noteSuggestionUse(id, { line_id: lineId, source, version, place, by, use }).catch(() => undefined)
}
