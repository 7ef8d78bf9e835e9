/** One week of the roster: reading it, and acts that name the version that was looked at. */
import { ElMessage } from 'element-plus'
import { type Ref, ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { ApiProblem } from '../api/problem'
import { getRoster } from '../api/rosters'
import type { Roster } from '../api/types'
import { useBusy } from './useBusy'
import { useProblemText } from './useProblemText'

export interface RosterWeekState {
  roster: Ref<Roster | null>
  isBusy: Ref<boolean>
  read: (day?: string) => Promise<void>
  change: (act: () => Promise<unknown>) => Promise<boolean>
}

export function useRoster(): RosterWeekState {
  const { t } = useI18n()
  const { textOf } = useProblemText()
  const { isBusy, doing } = useBusy()
  const roster = ref<Roster | null>(null)

  /** Read the week of this day, or again the one that is shown. */
  async function read(day?: string): Promise<void> {
    try {
      roster.value = await getRoster(day ?? roster.value?.monday)
    } catch (error) {
      ElMessage.error(textOf(error))
    }
  }

  /** Do it and read the week again; true when it was done. Who came second is told and sees what is there now. */
  async function change(act: () => Promise<unknown>): Promise<boolean> {
    let isDone = false
    await doing(async () => {
      try {
        await act()
        isDone = true
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== 'version_state_conflict') throw error
        ElMessage.warning(t('roster.conflict'))
      } finally {
        await read()
      }
    })
    return isDone
  }

  return { roster, isBusy, read, change }
}
