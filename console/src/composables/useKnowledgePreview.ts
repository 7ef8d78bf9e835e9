/** What the follower would see of a draft, and what stands against it: asked anew a moment after each change. */
import { useDebounceFn } from '@vueuse/core'
import { type Ref, ref, watch } from 'vue'

import * as api from '../api/knowledge'
import type { KnowledgeDraft, KnowledgeKind, KnowledgePreview } from '../api/types'

const AFTER_MS = 400

export interface PreviewOf {
  kind: KnowledgeKind
  key: string
  draft: KnowledgeDraft
}

/** A draft that is not complete enough to be asked about keeps the last preview. */
export function useKnowledgePreview(wanted: Readonly<Ref<PreviewOf | null>>): Ref<KnowledgePreview | null> {
  const shown = ref<KnowledgePreview | null>(null)
  let asked = 0

  async function ask(): Promise<void> {
    if (!wanted.value) return
    const mine = ++asked
    const { kind, key, draft } = wanted.value
    const found = await api.preview(kind, key, draft).catch(() => null)
    if (found && mine === asked) shown.value = found
  }

  const later = useDebounceFn(ask, AFTER_MS)
  watch(wanted, (now, before) => void (now && before?.key === now.key && before.kind === now.kind ? later() : ask()), { immediate: true, deep: true })
  return shown
}
