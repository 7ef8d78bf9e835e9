/** What a rep has begun to write, kept per conversation until he sends it, closes the tab or signs out. */
import { computed, reactive, type Ref, type WritableComputedRef } from 'vue'

const PREFIX = 'xinqiao.draft.'
const WRITER = 'xinqiao.writer'
/** What a reload left. */
const drafts = reactive(
  new Map(
    Object.keys(sessionStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => [Number(key.slice(PREFIX.length)), sessionStorage.getItem(key) ?? '']),
  ),
)

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

/**
 * Whose drafts these are from now on; another's are removed. Signing out does so too, but in one tab only: in a second one
 * the next person comes in by a mere reload.
 */
export function claimDrafts(username: string): void {
  if (sessionStorage.getItem(WRITER) !== username) forgetDrafts()
  sessionStorage.setItem(WRITER, username)
}

/** Remove all drafts: the next person at this screen must not read them. */
export function forgetDrafts(): void {
  drafts.clear()
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX) || key === WRITER) sessionStorage.removeItem(key)
}
