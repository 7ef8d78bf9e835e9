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
  listsChanged(): void
  conversationChanged(id: number): void
  offerWithdrawn(id: number): void
  /** Something this rep should be told, beyond what the lists show. */
  noticed(event: DeskEvent): void
  repChanged(rep: string, status: string, cause: string | null): void
  followupsChanged(): void
  knowledgeChanged(): void
  alertsChanged(): void
  rosterChanged(): void
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
  'handoff.closed': caseMoved,
  'handoff.wrapped': caseTouched,
  'handoff.reply_due': (event, page) => page.noticed(event),
  'handoff.dedicated_passed_over': (event, page) => page.noticed(event),
  'line.added': caseTouched,
  'delivery.changed': caseTouched,
  'allowance.changed': caseTouched,
  'rep.status_changed': repChanged,
  'followup.promised': (_event, page) => page.followupsChanged(),
  'followup.closed': (_event, page) => page.followupsChanged(),
  'complaint.filed': caseTouched,
  'complaint.changed': caseTouched,
  'complaint.due': (_event, page) => page.followupsChanged(),
  'complaint.closed': caseTouched,
  'parse.corrected': caseTouched,
  'customer.changed': caseTouched,
  'alert.raised': (_event, page) => page.alertsChanged(),
  'alert.seen': (_event, page) => page.alertsChanged(),
  'alert.closed': (_event, page) => page.alertsChanged(),
  // Other rules may put the line into another order.
  'desk.rules_changed': (_event, page) => page.listsChanged(),
  'roster.changed': (_event, page) => page.rosterChanged(),
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
  page.listsChanged()
  if (event.conversation_id !== null) page.conversationChanged(event.conversation_id)
}

/** Something inside a conversation: the bot's own talks are not on this page and are left alone. */
function caseTouched(event: DeskEvent, page: Reactions): void {
  if (event.conversation_id === null || page.versionOf(event.conversation_id) === undefined) return
  caseMoved(event, page)
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
