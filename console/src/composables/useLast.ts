/** Sends what would be the last message the platform takes only after a question, for nobody is asked for a rating then. */
import { ElMessageBox } from 'element-plus'
import { useI18n } from 'vue-i18n'

import { ApiProblem } from '../api/problem'
import { LAST } from './useReply'

interface Last {
  knowingly: <T>(send: (isLastConfirmed: boolean) => Promise<T>) => Promise<T>
}

export function useLast(): Last {
  const { t } = useI18n()

  /** What `send` returns; asked about when it is the last message. Throws the problem as it was when the rep says no. */
  async function knowingly<T>(send: (isLastConfirmed: boolean) => Promise<T>): Promise<T> {
    try {
      return await send(false)
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== LAST) throw error
      const sure = await ElMessageBox.confirm(t('window.last'), { type: 'warning', confirmButtonText: t('window.lastAnyway') }).catch(() => false)
      if (!sure) throw error
      return await send(true)
    }
  }

  return { knowingly }
}
