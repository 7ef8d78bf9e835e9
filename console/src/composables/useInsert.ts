/** Puts words from beside the composer into the draft of a conversation: a suggestion, an approved text, the answer to a fault. */
import { ref } from 'vue'

import { setDraft, useDraft } from './useDraft'

/** Counts insertions, so that the composer takes the focus back. */
export const inserted = ref(0)

/** What is written stays: the new words follow it on a line of their own. */
export function insertInto(id: number, text: string): void {
  const written = useDraft(ref(id)).value.trim()
  setDraft(id, written && !written.startsWith('/') ? `${written}\n${text}` : text)
  inserted.value++
}
