/** The report page's state: which days of whom, the figures, and what went wrong. Late answers to old questions are dropped. */
import { computed, type ComputedRef, reactive, type Ref, ref, watch } from 'vue'

import { getBusiness, getReport, type ReportWanted } from '../api/reports'
import type { Business, Report, ReportFigure, ReportMetric } from '../api/types'
import { daysOf } from '../reports'
import { useNow } from './useNow'
import { useProblemText } from './useProblemText'

export interface Reading {
  wanted: ReportWanted
  report: Ref<Report | null>
  business: Ref<Business | null>
  isLoading: Ref<boolean>
  problem: Ref<string>
  metrics: ComputedRef<Map<string, ReportMetric>>
  figures: ComputedRef<Map<string, ReportFigure>>
  read: () => Promise<void>
}

export function useReport(): Reading {
  const now = useNow()
  const { textOf } = useProblemText()
  const wanted = reactive<ReportWanted>({ ...daysOf('week', now.value), desk: '*', dimension: 'all', key: '' })
  const report = ref<Report | null>(null)
  const business = ref<Business | null>(null)
  const isLoading = ref(false)
  const problem = ref('')
  let asked = 0

  async function read(): Promise<void> {
    const turn = ++asked
    isLoading.value = true
    try {
      const found = await Promise.all([getReport({ ...wanted }), getBusiness({ ...wanted })])
      if (turn !== asked) return
      ;[report.value, business.value] = found
      problem.value = ''
    } catch (error) {
      if (turn === asked) problem.value = textOf(error)
    } finally {
      if (turn === asked) isLoading.value = false
    }
  }

  watch(wanted, () => void read(), { immediate: true })
  const metrics = computed(() => new Map(report.value?.metrics.map((one) => [one.id, one])))
  const figures = computed(() => new Map(report.value?.figures.map((one) => [one.metric, one])))
  return { wanted, report, business, isLoading, problem, metrics, figures, read }
}
