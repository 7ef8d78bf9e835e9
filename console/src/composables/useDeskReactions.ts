/** What the desk's page does about each kind of event: which store it reads anew, and what it tells the person. */
import { useDebounceFn, useThrottleFn } from '@vueuse/core'
import { ElMessage } from 'element-plus'

import type { RepStatus } from '../api/types'
import type { DeskEvent, Reactions } from '../events'
import { i18n } from '../i18n'
import { useBoard } from '../stores/board'
import { useChat } from '../stores/chat'
import { useDesk } from '../stores/desk'
import { useLeads } from '../stores/leads'
import { useMe } from '../stores/me'
import { useNotes } from '../stores/notes'
import { useViewers, viewersIn } from '../stores/viewers'
import { useCampaignNews } from './useCampaignNews'
import { loadCanned } from './useCanned'
import { loadDuty } from './useDuty'
import type { Lists } from './useLists'

const READS_MS = 400
const CHAT_MS = 150
/** A process takes up what was published within a second. */
const PUBLISHED_MS = 1500

/** What a person must be told at once. */
export interface DeskNotices {
  onForcedBreak: () => void
  onStatusForced: (status: RepStatus) => void
  onWindowEnds: (label: string) => void
  onNotice: (event: DeskEvent) => void
}

export function useDeskReactions(lists: Lists, options: DeskNotices): Reactions {
  const me = useMe()
  const desk = useDesk()
  const chat = useChat()
  const board = useBoard()
  const notes = useNotes()
  const leads = useLeads()

  const readChat = useThrottleFn((id: number) => void chat.load(id), CHAT_MS, true)
  const readLeads = useThrottleFn((id: number) => void leads.loadBeside(id), READS_MS, true)
  const readFollowups = useThrottleFn(() => void desk.refreshFollowups(), READS_MS, true)

  const readAlerts = useThrottleFn(() => void board.refreshAlerts(), READS_MS, true)
  const readDuty = useThrottleFn(() => void loadDuty(), READS_MS, true)
  const readCanned = useDebounceFn(() => void loadCanned(), PUBLISHED_MS)

  return {
    versionOf: lists.versionOf,
    rowsChanged: lists.rowChanged,
    lineReordered: lists.refresh,
    conversationChanged: (id) => {
      if (id === desk.selectedId) void readChat(id)
    },
    offerWithdrawn: (id) => desk.withdrawOffer(id),
    windowEnds: (id) => {
      const item = desk.items.get(id)
      // A rep hears of his own chats; the supervisor has an alert for the others.
      if (item && item.rep === me.user?.username) options.onWindowEnds(item.label)
    },
    noticed: options.onNotice,
    repChanged: (rep, status, cause) => {
      if (rep !== me.user?.username) return
      me.applyStatus(status as RepStatus)
      if (cause === 'missed_offers') options.onForcedBreak()
      if (cause === 'supervisor') options.onStatusForced(status as RepStatus)
    },
    followupsChanged: (id) => {
      void readFollowups()
      if (id !== null && id === desk.selectedId) void readChat(id)
    },
    leadsChanged: (id) => {
      if (id === desk.selectedId) void readLeads(id)
    },
    knowledgeChanged: () => void readCanned(),
    alertsChanged: () => void readAlerts(),
    rosterChanged: () => void readDuty(),
    notesChanged: (id) => {
      if (id === desk.selectedId) void notes.load(id)
    },
    whispered: (call, to) => {
      if (to === me.user?.username) notes.call = { kind: 'whisper', ...call }
    },
    mentionsChanged: (call) => {
      void notes.loadMentions()
      if (call) notes.call = { kind: 'mention', ...call }
    },
    viewersChanged: (id, viewers) => useViewers().set(id, viewersIn(viewers)),
    campaignChanged: (id) => useCampaignNews().tell(id),
    qualityChanged: (state) => {
      // Supervisors are told of every check: they look at the page. A rep is told of his own, once it is scored.
      if (state === 'scored' && me.user?.role === 'rep') ElMessage.info(i18n.global.t('quality.news'))
    },
  }
}
