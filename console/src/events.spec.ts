import { describe, expect, it } from 'vitest'

import eventTypes from './api/eventTypes.json'
import { type DeskEvent, dispatch, handlers, type NoteCall, type Reactions } from './events'

class Page implements Reactions {
  readonly done: string[] = []
  constructor(private readonly versions: Record<number, number> = {}) {}
  versionOf = (id: number): number | undefined => this.versions[id]
  rowsChanged = (id: number): void => void this.done.push(`row ${id}`)
  lineReordered = (): void => void this.done.push('line reordered')
  conversationChanged = (id: number): void => void this.done.push(`conversation ${id}`)
  offerWithdrawn = (id: number): void => void this.done.push(`withdrawn ${id}`)
  windowEnds = (id: number): void => void this.done.push(`window ${id}`)
  noticed = (event: DeskEvent): void => void this.done.push(`noticed ${event.type}`)
  repChanged = (rep: string, status: string, cause: string | null): void => void this.done.push(`${rep} ${status} ${cause}`)
  followupsChanged = (id: number | null): void => void this.done.push(`followups ${id}`)
  leadsChanged = (id: number): void => void this.done.push(`leads ${id}`)
  knowledgeChanged = (): void => void this.done.push('knowledge')
  alertsChanged = (): void => void this.done.push('alerts')
  rosterChanged = (): void => void this.done.push('roster')
  notesChanged = (id: number): void => void this.done.push(`notes ${id}`)
  whispered = (call: NoteCall, to: string): void => void this.done.push(`${call.by} whispers to ${to} in ${call.conversationId}`)
  mentionsChanged = (call: NoteCall | null): void => void this.done.push(call ? `${call.by} asks in ${call.conversationId}` : 'mentions read')
  viewersChanged = (id: number, viewers: unknown): void => void this.done.push(`viewers ${id} ${JSON.stringify(viewers)}`)
  campaignChanged = (id: number): void => void this.done.push(`campaign ${id}`)
  qualityChanged = (state: string): void => void this.done.push(`quality ${state}`)
}

function anEvent(over: Partial<DeskEvent>): DeskEvent {
  return { type: 'handoff.accepted', conversation_id: 7, version: 4, payload: {}, at: '2026-03-10T06:00:00Z', ...over }
}

describe('dispatch', () => {
  it.each([3, 4])('ignores version %s of a conversation known in version 4', (version) => {
    const page = new Page({ 7: 4 })

    expect(dispatch(anEvent({ version }), page)).toBe(false)
    expect(page.done).toEqual([])
  })

  it('reads row and conversation anew for a newer version', () => {
    const page = new Page({ 7: 4 })

    dispatch(anEvent({ version: 5 }), page)

    expect(page.done).toEqual(['row 7', 'conversation 7'])
  })

  it('takes an event of a conversation it does not know yet', () => {
    const page = new Page()

    expect(dispatch(anEvent({ type: 'handoff.opened', version: 2 }), page)).toBe(true)
  })

  it('tells of a window that ends, and shows what can be done', () => {
    const page = new Page({ 7: 4 })

    dispatch(anEvent({ type: 'allowance.closing', version: null }), page)

    expect(page.done).toEqual(['row 7', 'conversation 7', 'window 7'])
  })

  it("leaves lines of the bot's own talks alone", () => {
    const page = new Page()

    dispatch(anEvent({ type: 'line.added', version: null }), page)

    expect(page.done).toEqual([])
  })

  it('takes a line of a known conversation although it carries no version', () => {
    const page = new Page({ 7: 4 })

    dispatch(anEvent({ type: 'line.added', version: null }), page)

    expect(page.done).toContain('conversation 7')
  })

  it('ends an offer at once when it is withdrawn', () => {
    const page = new Page({ 7: 4 })

    dispatch(anEvent({ type: 'handoff.offer_withdrawn', version: 5 }), page)

    expect(page.done[0]).toBe('withdrawn 7')
  })

  it.each(['handoff.reply_due', 'handoff.dedicated_passed_over'])('tells the rep of %s, which changes no list', (type) => {
    const page = new Page({ 7: 4 })

    dispatch(anEvent({ type, version: null }), page)

    expect(page.done).toEqual([`noticed ${type}`])
  })

  it.each(['handoff.assigned', 'handoff.closed', 'delivery.changed'])('tells the rep of %s and reads the lists anew', (type) => {
    const page = new Page({ 7: 4 })

    dispatch(anEvent({ type, version: 5 }), page)

    expect(page.done).toEqual([`noticed ${type}`, 'row 7', 'conversation 7'])
  })

  it('tells which rep changed, and why', () => {
    const page = new Page()

    dispatch(anEvent({ type: 'rep.status_changed', conversation_id: null, version: null, payload: { rep: 'rep01', status: 'break', cause: 'missed_offers' } }), page)

    expect(page.done).toEqual(['rep01 break missed_offers'])
  })

  it.each([
    ['approved', ['knowledge']],
    ['retired', ['knowledge']],
    ['saved', []],
  ])('reads the lists of approved texts anew when something was published: %s', (act, done) => {
    const page = new Page()

    dispatch(anEvent({ type: 'knowledge.changed', conversation_id: null, version: null, payload: { act } }), page)

    expect(page.done).toEqual(done)
  })

  it('tells what became of a quality check', () => {
    const page = new Page()

    dispatch(anEvent({ type: 'quality.changed', conversation_id: null, version: null, payload: { check_id: 3, state: 'scored' } }), page)

    expect(page.done).toEqual(['quality scored'])
  })

  it('ignores a name it does not know', () => {
    expect(dispatch(anEvent({ type: 'handoff.painted' }), new Page())).toBe(false)
  })

  it('has a handler for every event the server sends', () => {
    expect(Object.keys(handlers).sort()).toEqual([...eventTypes].sort())
  })
})

describe('notes and viewers', () => {
  const done = (type: string, payload: Record<string, unknown>): string[] => {
    const page = new Page()
    dispatch(anEvent({ type, payload, version: null }), page)
    return page.done
  }

  it('reads notes anew, and tells of a whisper to whom it was said', () => {
    expect(done('note.added', { note_id: 3, author: 'rep02', whispered_to: null })).toEqual(['notes 7'])
    expect(done('note.added', { note_id: 3, author: 'supervisor01', whispered_to: 'rep01' })).toEqual([
      'notes 7',
      'supervisor01 whispers to rep01 in 7',
    ])
  })

  it('tells who asks where, and that it was read elsewhere', () => {
    expect(done('note.mentioned', { note_id: 3, by: 'rep02' })).toEqual(['rep02 asks in 7', 'conversation 7'])
    expect(done('mentions.read', { count: 1 })).toEqual(['mentions read'])
  })

  it('hands on who looks at a chat', () => {
    const viewers = [{ rep: 'rep02', name: '小孙', is_typing: true }]

    expect(done('viewers.changed', { viewers })).toEqual([`viewers 7 ${JSON.stringify(viewers)}`])
  })
})
