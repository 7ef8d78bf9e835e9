/** A push as it is written: kept by itself a moment after every change, and never over a colleague's newer words. */
import { ElMessage } from 'element-plus'
import { useDebounceFn, useEventListener, useTimeoutFn } from '@vueuse/core'
import { computed, type ComputedRef, onScopeDispose, type Ref, ref, watch } from 'vue'

import { saveCampaign } from '../api/campaigns'
import { ApiProblem } from '../api/problem'
import type { Campaign, CampaignIn } from '../api/types'
import { lackOf, wishOf } from '../campaigns'
import { useProblemText } from './useProblemText'

const TYPED_MS = 600
const AGAIN_MS = 4000

export type Saving = 'saved' | 'unsaved' | 'saving' | 'failed' | 'changed'

export interface CampaignDraft {
  wish: Ref<CampaignIn>
  saving: Ref<Saving>
  lack: ComputedRef<ReturnType<typeof lackOf>>
  /** Keep what is not kept yet; false when it could not be. */
  flush: () => Promise<boolean>
  /** Take what a colleague wrote instead. */
  reload: () => void
}

/** `campaign` is the newest that was read, `kept` is told what a save came to. */
export function useCampaignDraft(campaign: () => Campaign, kept: (campaign: Campaign) => void): CampaignDraft {
  const { textOf } = useProblemText()
  const saving = ref<Saving>('saved')
  let revision = campaign().revision
  const wish = ref<CampaignIn>(wishOf(campaign()))
  let taken = JSON.stringify(wish.value)
  let running: Promise<boolean> | null = null
  const lack = computed(() => lackOf({ ...wish.value, revision }))

  const saveSoon = useDebounceFn(() => void flush(), TYPED_MS)
  const { start: tryAgain, stop: tryNoMore } = useTimeoutFn(() => void flush(), AGAIN_MS, { immediate: false })

  watch(wish, () => {
    if (JSON.stringify(wish.value) === taken || saving.value === 'changed') return
    saving.value = 'unsaved'
    void saveSoon()
  }, { deep: true })
  watch(() => campaign().revision, (newest) => {
    if (newest <= revision || running) return
    if (saving.value === 'saved') reload()
    else saving.value = 'changed'
  })

  // What was typed is kept before the page goes, and who closes the browser is asked.
  onScopeDispose(() => void flush())
  useEventListener(window, 'beforeunload', (event) => {
    if (saving.value !== 'saved') event.preventDefault()
  })

  function reload(): void {
    revision = campaign().revision
    wish.value = wishOf(campaign())
    taken = JSON.stringify(wish.value)
    saving.value = 'saved'
  }

  async function flush(): Promise<boolean> {
    while (running) await running
    if (saving.value === 'saved') return true
    if (saving.value === 'changed' || lack.value) return false
    running = save().finally(() => (running = null))
    return running
  }

  async function save(): Promise<boolean> {
    tryNoMore()
    saving.value = 'saving'
    const sent = JSON.stringify(wish.value)
    try {
      const body = JSON.parse(sent) as CampaignIn
      const saved = await saveCampaign(campaign().id, { ...body, name: body.name.trim(), revision })
      revision = saved.revision
      taken = sent
      kept(saved)
      saving.value = JSON.stringify(wish.value) === sent ? 'saved' : 'unsaved'
      if (saving.value === 'unsaved') void saveSoon()
      return saving.value === 'saved'
    } catch (error) {
      const isConflict = error instanceof ApiProblem && error.status === 409
      saving.value = isConflict ? 'changed' : 'failed'
      if (error instanceof ApiProblem && !isConflict) ElMessage.error(textOf(error))
      else if (!isConflict) tryAgain()
      return false
    }
  }

  return { wish, saving, lack, flush, reload }
}
