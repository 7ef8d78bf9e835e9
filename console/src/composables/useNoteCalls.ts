/** A supervisor's whisper or a colleague's question is heard and seen wherever one is on the desk; a click leads to it. */
import { ElNotification } from 'element-plus'
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'

import { useNotes } from '../stores/notes'
import { callAttention } from './useAlarm'
import { colleagueName } from './useColleagues'

const SHOWN_MS = 12_000

export function useNoteCalls(open: (id: number) => void): void {
  const notes = useNotes()
  const { t } = useI18n()

  watch(
    () => notes.call,
    (call) => {
      if (!call) return
      const title = t(`note.${call.kind}Title`, { name: colleagueName(call.by) })
      callAttention(title, t(`note.${call.kind}Body`))
      const shown = ElNotification.warning({
        title,
        message: t(`note.${call.kind}Body`),
        duration: SHOWN_MS,
        onClick: () => {
          open(call.conversationId)
          shown.close()
        },
      })
    },
  )
}
