/** What the page 效果 shows: campaigns of some days, or one of them. Late answers to old questions are dropped. */
import { type Ref, ref, watch } from 'vue'

import { getCampaignResult, getResults, type ResultDays } from '../api/results'
import type { CampaignResult, Results } from '../api/types'
import { dayOf } from '../reports'
import { useNow } from './useNow'
import { useProblemText } from './useProblemText'

const DAY_MS = 86_400_000
export const RESULT_SPANS = { month: 30, quarter: 90, half: 180 } as const
export type ResultSpan = keyof typeof RESULT_SPANS

export interface ResultsReading {
  wanted: Ref<ResultDays>
  all: Ref<Results | null>
  one: Ref<CampaignResult | null>
  isLoading: Ref<boolean>
  problem: Ref<string>
  read: () => Promise<void>
}

/** First and last day of a span that ends today. */
export const resultDays = (span: ResultSpan, nowMs: number): ResultDays => ({ first: dayOf(nowMs - (RESULT_SPANS[span] - 1) * DAY_MS), last: dayOf(nowMs) })

export function useResults(id: () => number | null): ResultsReading {
  const now = useNow()
  const { textOf } = useProblemText()
  const wanted = ref<ResultDays>(resultDays('month', now.value))
  const all = ref<Results | null>(null)
  const one = ref<CampaignResult | null>(null)
  const isLoading = ref(false)
  const problem = ref('')
  let asked = 0

  async function read(): Promise<void> {
    const turn = ++asked
    const campaign = id()
    isLoading.value = true
    try {
      const found = campaign === null ? await getResults(wanted.value) : await getCampaignResult(campaign)
      if (turn !== asked) return
      if ('campaign' in found) one.value = found
      else all.value = found
      problem.value = ''
    } catch (error) {
      if (turn === asked) problem.value = textOf(error)
    } finally {
      if (turn === asked) isLoading.value = false
    }
  }

  watch([wanted, id], () => void read(), { immediate: true })
  watch(id, (campaign) => {
    if (one.value?.campaign.id !== campaign) one.value = null
  })
  return { wanted, all, one, isLoading, problem, read }
}
