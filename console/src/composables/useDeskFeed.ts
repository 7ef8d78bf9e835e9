/** Joins the event stream to the stores: what each event makes the page read again, at most a few times a second. */
import { useDebounceFn, useIntervalFn, useThrottleFn } from '@vueuse/core'
import { ElMessage } from 'element-plus'
import { onScopeDispose } from 'vue'

import { type DeskEvent, dispatch, type Reactions } from '../events'
import { i18n } from '../i18n'
import { useBoard } from '../stores/board'
import { useChat } from '../stores/chat'
import { useDesk } from '../stores/desk'
import { useMe } from '../stores/me'
import { useNotes } from '../stores/notes'
import { useViewers, viewersIn } from '../stores/viewers'
import type { RepStatus } from '../api/types'
import { loadCanned } from './useCanned'
import { loadDuty } from './useDuty'
import { type EventStream, useEventStream } from './useEventStream'
import { useLists } from './useLists'
import { noteServerEvent, serverNow, setServerTime } from './useNow'
import { noteLag } from './useStreamRecord'

const LISTS_MS = 400
const CHAT_MS = 150
/** A process takes up what was published within a second. */
const PUBLISHED_MS = 1500
const POLL_MS = 30_000

export interface DeskFeed extends EventStream {
  refetchAll: () => void
}

/** What a person must be told at once. */
export interface DeskNotices {
  onForcedBreak: () => void
  onStatusForced: (status: RepStatus) => void
  onWindowEnds: (label: string) => void
  onNotice: (event: DeskEvent) => void
}

export function useDeskFeed(options: DeskNotices): DeskFeed {
  const me = useMe()
  const desk = useDesk()
  const chat = useChat()
  const board = useBoard()
  const notes = useNotes()

  const lists = useLists(LISTS_MS)
  const readChat = useThrottleFn((id: number) => void chat.load(id), CHAT_MS, true)
  const readFollowups = useThrottleFn(() => void desk.refreshFollowups(), LISTS_MS, true)

  const readAlerts = useThrottleFn(() => void board.refreshAlerts(), LISTS_MS, true)
  const readDuty = useThrottleFn(() => void loadDuty(), LISTS_MS, true)
  const readCanned = useDebounceFn(() => void loadCanned(), PUBLISHED_MS)

  const reactions: Reactions = {
    versionOf: lists.versionOf,
    rowsChanged: lists.rowChanged,
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
    followupsChanged: () => void readFollowups(),
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
    qualityChanged: (state) => {
      // Supervisors are told of every check: they look at the page. A rep is told of his own, once it is scored.
      if (state === 'scored' && me.user?.role === 'rep') ElMessage.info(i18n.global.t('quality.news'))
    },
  }

  function refetchAll(): void {
    lists.refresh()
    void desk.refreshFollowups()
    void notes.loadMentions()
    if (desk.selectedId === null) return
    void chat.load(desk.selectedId)
    void notes.load(desk.selectedId)
  }

  const stream = useEventStream({
    url: '/api/events',
    onEvent: ({ event, data }) => {
      const body: unknown = JSON.parse(data)
      if (event === 'hello' || event === 'reset' || event === 'tick') {
        if (isRecord(body) && typeof body.now === 'string') setServerTime(body.now)
        if (event === 'reset') refetchAll()
        return
      }
      if (!isDeskEvent(body)) return
      noteServerEvent(body.at)
      noteLag(serverNow() - Date.parse(body.at))
      dispatch(body, reactions)
    },
    onLive: refetchAll,
    onSignedOut: () => me.expire(),
  })

  // A push is only a hint: the lists are read again now and then even if no hint came.
  useIntervalFn(lists.refresh, POLL_MS)
  onScopeDispose(stream.stop)
  return { ...stream, refetchAll }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isDeskEvent(value: unknown): value is DeskEvent {
  return isRecord(value) && typeof value.type === 'string' && typeof value.at === 'string' && isRecord(value.payload)
}
