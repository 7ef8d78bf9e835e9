/** Joins the event stream to the stores: what each event makes the page read again, at most a few times a second. */
import { useIntervalFn } from '@vueuse/core'
import { onScopeDispose } from 'vue'

import { type DeskEvent, dispatch } from '../events'
import { useChat } from '../stores/chat'
import { useDesk } from '../stores/desk'
import { useLeads } from '../stores/leads'
import { useMe } from '../stores/me'
import { useNotes } from '../stores/notes'
import { type DeskNotices, useDeskReactions } from './useDeskReactions'
import { useCampaignNews } from './useCampaignNews'
import { type EventStream, useEventStream } from './useEventStream'
import { useLists } from './useLists'
import { noteServerEvent, serverNow, setServerTime } from './useNow'
import { noteLag } from './useStreamRecord'

const LISTS_MS = 400
const POLL_MS = 30_000

export interface DeskFeed extends EventStream {
  refetchAll: () => void
}

export interface FeedOptions extends DeskNotices {
  /** Something came over the line: an event's type, `reset`, or `live`. */
  onHeard?: (type: string) => void
}

export function useDeskFeed(options: FeedOptions): DeskFeed {
  const me = useMe()
  const desk = useDesk()
  const chat = useChat()
  const notes = useNotes()
  const leads = useLeads()
  const lists = useLists(LISTS_MS)
  const reactions = useDeskReactions(lists, options)

  function refetchAll(): void {
    lists.refresh()
    void desk.refreshFollowups()
    void notes.loadMentions()
    useCampaignNews().tell(0)
    if (desk.selectedId === null) return
    void chat.load(desk.selectedId)
    void notes.load(desk.selectedId)
    void leads.loadBeside(desk.selectedId)
  }

  const stream = useEventStream({
    url: '/api/events',
    onEvent: ({ event, data }) => {
      const body: unknown = JSON.parse(data)
      if (event === 'hello' || event === 'reset' || event === 'tick') {
        if (isRecord(body) && typeof body.now === 'string') setServerTime(body.now)
        if (event !== 'reset') return
        refetchAll()
        options.onHeard?.('reset')
        return
      }
      if (!isDeskEvent(body)) return
      noteServerEvent(body.at)
      noteLag(serverNow() - Date.parse(body.at))
      dispatch(body, reactions)
      options.onHeard?.(body.type)
    },
    onLive: () => {
      refetchAll()
      options.onHeard?.('live')
    },
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
