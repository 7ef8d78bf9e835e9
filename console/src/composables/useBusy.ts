/** One act at a time: buttons are shut while it runs, and what went wrong is told. */
import { ElMessage } from 'element-plus'
import { type Ref, ref } from 'vue'

import { useProblemText } from './useProblemText'

interface Busy {
  isBusy: Ref<boolean>
  doing: (act: () => Promise<unknown>) => Promise<void>
}

export function useBusy(): Busy {
  const { textOf } = useProblemText()
  const isBusy = ref(false)

  async function doing(act: () => Promise<unknown>): Promise<void> {
    isBusy.value = true
    try {
      await act()
    } catch (error) {
      ElMessage.error(textOf(error))
    } finally {
      isBusy.value = false
    }
  }

  return { isBusy, doing }
}
