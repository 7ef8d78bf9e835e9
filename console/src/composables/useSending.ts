/** What becomes of the words in the box: checked while they are written, sent, and given back when a rule of wording stops them. */
import { computed, type ComputedRef, type Ref, ref, watch } from 'vue'

import type { Finding } from '../api/types'
import { setDraft } from './useDraft'
import { useReply } from './useReply'
import { holdTaken } from './useSuggestions'
import { useWordingCheck } from './useWordingCheck'

export interface Sending {
  findings: ComputedRef<Finding[]>
  /** Nothing was refused yet; the findings tell what would be. */
  isExpected: ComputedRef<boolean>
  canConfirm: ComputedRef<boolean>
  submit: () => Promise<void>
  confirm: () => Promise<void>
}

export function useSending(options: { id: Readonly<Ref<number>>; draft: Ref<string>; canSend: Readonly<Ref<boolean>> }): Sending {
  const { id, draft, canSend } = options
  const { send, sendConfirmed } = useReply()
  const blocked = ref<{ text: string; findings: Finding[]; canConfirm: boolean } | null>(null)
  const expected = useWordingCheck(draft)

  /** What is still wrong with the text as it stands now; an excerpt not found in it word for word stays until the text changes. */
  const refused = computed(() =>
    (blocked.value?.findings ?? []).filter(({ excerpt }) => draft.value.includes(excerpt) || draft.value === blocked.value?.text),
  )
  const findings = computed(() => (refused.value.length ? refused.value : expected.value))
  /** Words that only lack something may go as they were checked; any change is checked anew. */
  const canConfirm = computed(() => Boolean(blocked.value?.canConfirm) && draft.value.trim() === blocked.value?.text && canSend.value)

  watch(id, () => (blocked.value = null))

  async function sendWith(how: typeof sendConfirmed): Promise<void> {
    const [of, text] = [id.value, draft.value.trim()]
    if (!text || !canSend.value) return
    const settle = holdTaken(of)
    draft.value = ''
    blocked.value = null
    const result = await how(of, text)
    settle(typeof result === 'string' ? text : null)
    if (typeof result === 'string') return
    // Whoever went on to another chat finds his words where he wrote them.
    if (of !== id.value) return setDraft(of, text)
    blocked.value = { text, ...result }
    draft.value ||= text
  }

  return {
    findings,
    isExpected: computed(() => refused.value.length === 0),
    canConfirm,
    submit: () => sendWith(send),
    confirm: () => sendWith(sendConfirmed),
  }
}
