/** What a rep has begun to write, kept per conversation until he sends it, closes the tab or signs out. */
import { computed, reactive, type Ref, type WritableComputedRef } from 'vue'

const PREFIX = 'xinqiao.draft.'
const drafts = reactive(new Map<number, string>())

/** The draft of the conversation the ref points to. */
export function useDraft(id: Readonly<Ref<number>>): WritableComputedRef<string> {
  return computed({
    get: () => drafts.get(id.value) ?? sessionStorage.getItem(PREFIX + id.value) ?? '',
    set: (text) => setDraft(id.value, text),
  })
}

/** Replace one conversation's draft; an empty one is removed. */
export function setDraft(id: number, text: string): void {
  drafts.set(id, text)
  if (text) sessionStorage.setItem(PREFIX + id, text)
  else sessionStorage.removeItem(PREFIX + id)
}

/** Whether something is written there and not sent. */
export const hasDraft = (id: number): boolean => Boolean(drafts.get(id))

/** Remove all drafts: the next person at this screen must not read them. */
export function forgetDrafts(): void {
  drafts.clear()
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
}
