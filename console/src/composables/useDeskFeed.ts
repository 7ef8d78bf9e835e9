/** Joins the event stream to the stores: what each event makes the page read again, at most a few times a second. */
import { useDebounceFn, useIntervalFn, useThrottleFn } from '@vueuse/core'
import { ElMessage } from 'element-plus'
import { onScopeDispose } from 'vue'

import { type DeskEvent, dispatch, type Reactions } from '../events'
import { i18n } from '../i18n'
import { useChat } from '../stores/chat'
import { useDesk } from '../stores/desk'
import { useMe } from '../stores/me'
import type { RepStatus } from '../api/types'
import { loadCanned } from './useCanned'
import { type EventStream, useEventStream } from './useEventStream'
import { noteServerEvent, setServerTime } from './useNow'

const LISTS_MS = 400
const CHAT_MS = 150
/** A process takes up what was published within a second. */
const PUBLISHED_MS = 1500
const POLL_MS = 30_000

export interface DeskFeed extends EventStream {
  refetchAll: () => void
}

export function useDeskFeed(options: { onForcedBreak: () => void }): DeskFeed {
  const me = useMe()
  const desk = useDesk()
  const chat = useChat()

  const readLists = useThrottleFn(() => void desk.refresh(), LISTS_MS, true)
  const readChat = useThrottleFn((id: number) => void chat.load(id), CHAT_MS, true)
  const readFollowups = useThrottleFn(() => void desk.refreshFollowups(), LISTS_MS, true)

  const readCanned = useDebounceFn(() => void loadCanned(), PUBLISHED_MS)

  const reactions: Reactions = {
    versionOf: (id) => desk.versionOf(id),
    listsChanged: () => void readLists(),
    conversationChanged: (id) => {
      if (id === desk.selectedId) void readChat(id)
    },
    offerWithdrawn: (id) => desk.withdrawOffer(id),
    repChanged: (rep, status, cause) => {
      if (rep !== me.user?.username) return
      me.applyStatus(status as RepStatus)
      if (cause === 'missed_offers') options.onForcedBreak()
    },
    followupsChanged: () => void readFollowups(),
    knowledgeChanged: () => void readCanned(),
    qualityChanged: (state) => {
      // Supervisors are told of every check: they look at the page. A rep is told of his own, once it is scored.
      if (state === 'scored' && me.user?.role === 'rep') ElMessage.info(i18n.global.t('quality.news'))
    },
  }

  function refetchAll(): void {
    void desk.refresh()
    void desk.refreshFollowups()
    if (desk.selectedId !== null) void chat.load(desk.selectedId)
  }

  const stream = useEventStream({
    url: '/api/events',
    onEvent: ({ event, data }) => {
      const body: unknown = JSON.parse(data)
      if (event === 'hello' || event === 'reset') {
        if (isRecord(body) && typeof body.now === 'string') setServerTime(body.now)
        if (event === 'reset') refetchAll()
        return
      }
      if (!isDeskEvent(body)) return
      noteServerEvent(body.at)
      dispatch(body, reactions)
    },
    onLive: refetchAll,
    onSignedOut: () => me.expire(),
  })

  // A push is only a hint: the lists are read again now and then even if no hint came.
  useIntervalFn(() => void desk.refresh(), POLL_MS)
  onScopeDispose(stream.stop)
  return { ...stream, refetchAll }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isDeskEvent(value: unknown): value is DeskEvent {
  return isRecord(value) && typeof value.type === 'string' && typeof value.at === 'string' && isRecord(value.payload)
}
