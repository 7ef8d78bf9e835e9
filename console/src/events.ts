/** The one map from event name to what the page does. Events carry no text: the page reads anew what an event touches. */

export interface DeskEvent {
  type: string
  conversation_id: number | null
  version: number | null
  payload: Record<string, unknown>
  at: string
}

/** What the page can do about an event. */
export interface Reactions {
  /** The conversation's version the page has, or undefined when it does not know the conversation. */
  versionOf(id: number): number | undefined
  rowsChanged(id: number): void
  lineReordered(): void
  conversationChanged(id: number): void
  offerWithdrawn(id: number): void
  windowEnds(id: number): void
  /** Something this rep should be told, beyond what the lists show. */
  noticed(event: DeskEvent): void
  repChanged(rep: string, status: string, cause: string | null): void
  /** Calls, and what is promised in this conversation. */
  followupsChanged(id: number | null): void
  leadsChanged(id: number): void
  knowledgeChanged(): void
  alertsChanged(): void
  rosterChanged(): void
  notesChanged(id: number): void
  /** A supervisor's word to the rep who has the chat. */
  whispered(call: NoteCall, to: string): void
  /** What the signed-in person was asked changed; `call` when it is something new. */
  mentionsChanged(call: NoteCall | null): void
  viewersChanged(id: number, viewers: unknown): void
  qualityChanged(state: string): void
  campaignChanged(id: number): void
}

/** Who noted what where. */
export interface NoteCall {
  conversationId: number
  by: string
  noteId: number
}

type Handler = (event: DeskEvent, page: Reactions) => void

export const handlers: Readonly<Record<string, Handler>> = {
  'handoff.opened': caseMoved,
  'handoff.offered': caseMoved,
  'handoff.offer_withdrawn': offerEnded,
  'handoff.accepted': caseMoved,
  'handoff.requeued': caseMoved,
  'handoff.transferred': caseMoved,
  'handoff.assigned': (event, page) => {
    page.noticed(event)
    caseMoved(event, page)
  },
  'handoff.returned': caseMoved,
  'handoff.closed': (event, page) => {
    page.noticed(event)
    caseMoved(event, page)
  },
  'handoff.wrapped': caseTouched,
  'handoff.reply_due': (event, page) => page.noticed(event),
  'handoff.dedicated_passed_over': (event, page) => page.noticed(event),
  'line.added': caseTouched,
  'delivery.changed': (event, page) => {
    page.noticed(event)
    caseTouched(event, page)
  },
  'allowance.changed': caseTouched,
  'allowance.closing': windowEnds,
  'rep.status_changed': repChanged,
  'followup.promised': (event, page) => page.followupsChanged(event.conversation_id),
  'followup.changed': (event, page) => page.followupsChanged(event.conversation_id),
  'followup.missed': (event, page) => page.followupsChanged(event.conversation_id),
  'followup.unreachable': (event, page) => page.followupsChanged(event.conversation_id),
  'followup.branch_wanted': (event, page) => page.followupsChanged(event.conversation_id),
  'followup.closed': (event, page) => page.followupsChanged(event.conversation_id),
  'complaint.filed': caseTouched,
  'complaint.changed': caseTouched,
  'complaint.due': (event, page) => page.followupsChanged(event.conversation_id),
  'complaint.closed': caseTouched,
  // They have their own page; on the desk they are a task of whoever referred the customer.
  'referral.sent': caseTouched,
  'referral.changed': (event, page) => page.followupsChanged(event.conversation_id),
  'referral.late': caseTouched,
  'parse.corrected': caseTouched,
  'lead.changed': (event, page) => {
    if (event.conversation_id !== null) page.leadsChanged(event.conversation_id)
  },
  'customer.changed': caseTouched,
  'alert.raised': (_event, page) => page.alertsChanged(),
  'alert.seen': (_event, page) => page.alertsChanged(),
  'alert.closed': (_event, page) => page.alertsChanged(),
  // Other rules may put the line into another order.
  'desk.rules_changed': (_event, page) => page.lineReordered(),
  'roster.changed': (_event, page) => page.rosterChanged(),
  'note.added': noteAdded,
  'note.mentioned': (event, page) => {
    page.mentionsChanged(callIn(event, event.payload.by))
    // Who is asked may read the chat from now on.
    if (event.conversation_id !== null) page.conversationChanged(event.conversation_id)
  },
  'mentions.read': (_event, page) => page.mentionsChanged(null),
  'viewers.changed': (event, page) => {
    if (event.conversation_id !== null) page.viewersChanged(event.conversation_id, event.payload.viewers)
  },
  'campaign.changed': (event, page) => page.campaignChanged(Number(event.payload.campaign_id)),
  'quality.changed': (event, page) => page.qualityChanged(String(event.payload.state)),
  'knowledge.changed': (event, page) => {
    // Drafts change nothing for a rep; what is published is on his lists at once.
    if (event.payload.act === 'approved' || event.payload.act === 'retired') page.knowledgeChanged()
  },
}

/** Hand an event to its handler; false when it is unknown or older than what the page shows. */
export function dispatch(event: DeskEvent, page: Reactions): boolean {
  const handler = handlers[event.type]
  if (!handler || isOld(event, page)) return false
  handler(event, page)
  return true
}

function isOld(event: DeskEvent, page: Reactions): boolean {
  if (event.conversation_id === null || event.version === null) return false
  const known = page.versionOf(event.conversation_id)
  return known !== undefined && event.version <= known
}

function caseMoved(event: DeskEvent, page: Reactions): void {
  if (event.conversation_id === null) return
  page.rowsChanged(event.conversation_id)
  page.conversationChanged(event.conversation_id)
}

/** Something inside a conversation: the bot's own talks are not on this page and are left alone. */
function caseTouched(event: DeskEvent, page: Reactions): void {
  if (event.conversation_id === null || page.versionOf(event.conversation_id) === undefined) return
  caseMoved(event, page)
}

function windowEnds(event: DeskEvent, page: Reactions): void {
  caseTouched(event, page)
  if (event.conversation_id !== null) page.windowEnds(event.conversation_id)
}

function offerEnded(event: DeskEvent, page: Reactions): void {
  if (event.conversation_id !== null) page.offerWithdrawn(event.conversation_id)
  caseMoved(event, page)
}

function repChanged(event: DeskEvent, page: Reactions): void {
  const { rep, status, cause } = event.payload
  if (typeof rep === 'string' && typeof status === 'string') {
    page.repChanged(rep, status, typeof cause === 'string' ? cause : null)
  }
}

function noteAdded(event: DeskEvent, page: Reactions): void {
  if (event.conversation_id === null) return
  page.notesChanged(event.conversation_id)
  const call = callIn(event, event.payload.author)
  if (call && typeof event.payload.whispered_to === 'string') page.whispered(call, event.payload.whispered_to)
}

function callIn(event: DeskEvent, by: unknown): NoteCall | null {
  const { note_id: noteId } = event.payload
  if (event.conversation_id === null || typeof noteId !== 'number' || typeof by !== 'string') return null
  return { conversationId: event.conversation_id, by, noteId }
}
