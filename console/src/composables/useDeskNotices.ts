/**
 * What this rep is told beyond the lists: a chat given to him, taken from him or closed for him, a word that is due or that WeChat refused, a
 * customer of his elsewhere.
 */
import { ElNotification } from 'element-plus'
import { useI18n } from 'vue-i18n'

import type { DeskEvent } from '../events'
import { useMe } from '../stores/me'
import { colleagueName } from './useColleagues'

export interface DeskNotice {
  key: string
  tone: 'info' | 'warning'
  name: string
}

/** The notice of an event for this person, or null when it is none of his. */
export function noticeOf(event: DeskEvent, username: string | undefined): DeskNotice | null {
  const word = (field: string): string => String(event.payload[field] ?? '')
  const notice = (key: string, tone: DeskNotice['tone'], about = ''): DeskNotice => ({ key: `notice.${key}`, tone, name: colleagueName(about) })
  switch (event.type) {
    case 'handoff.reply_due':
      return notice(event.payload.is_first ? 'firstReplyDue' : 'replyDue', 'warning')
    case 'delivery.changed':
      // He may look at another chat by now; the customer of this one has heard nothing.
      return event.payload.state === 'failed' && word('rep') === username ? notice('refused', 'warning') : null
    case 'handoff.dedicated_passed_over':
      return notice('passedOver', 'info', word('rep'))
    case 'handoff.closed':
      return 'by' in event.payload && word('by') !== username && word('rep') === username ? notice('ended', 'warning', word('by')) : null
    case 'handoff.assigned':
      if (word('by') === username) return null
      if (word('rep') === username) return notice('given', 'warning', word('by'))
      if (word('former') === username) return notice('taken', 'warning', word('rep'))
  }
  return null
}

export function useDeskNotices(open: (id: number) => void): (event: DeskEvent) => void {
  const me = useMe()
  const { t } = useI18n()

  return (event) => {
    const notice = noticeOf(event, me.user?.username)
    if (!notice) return
    const id = event.conversation_id
    const shown = ElNotification({
      type: notice.tone,
      message: t(notice.key, { name: notice.name }),
      onClick: () => {
        shown.close()
        if (id !== null && notice.key !== 'notice.passedOver' && notice.key !== 'notice.taken') open(id)
      },
    })
  }
}
