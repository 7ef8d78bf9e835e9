/** The conversations opened on this page: card, customer and lines, and the replies that are still under way. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import * as api from '../api/desk'
import { ApiProblem, asCallError } from '../api/problem'
import type { Handoff, Line } from '../api/types'
import { useDesk } from './desk'

export interface PendingReply {
  client_key: string
  text: string
  card?: string
  /** The rep was told what its words lack and sends them all the same. */
  isConfirmed?: boolean
  /** He knows that nothing can follow it, not even the question for a rating. */
  isLastConfirmed?: boolean
  /** `unsure`: no answer came, it may have been taken; only the same key may be tried again. */
  state: 'sending' | 'unsure' | 'refused'
  problem?: ApiProblem
  at: string
}

export const useChat = defineStore('chat', () => {
  const desk = useDesk()
  const open = ref(new Map<number, Handoff>())
  const pending = ref(new Map<number, PendingReply[]>())
  const missing = ref(new Set<number>())

  /** Read a conversation and merge it with the earlier lines already shown. */
  async function load(id: number): Promise<void> {
    try {
      show(await api.getHandoff(id))
    } catch (error) {
      const problem = asCallError(error)
      if (problem instanceof ApiProblem && problem.status === 404) lose(id)
    }
  }

  /** It is not there, or went on to somebody else: nothing of it stays on this page. */
  function lose(id: number): void {
    missing.value.add(id)
    open.value.delete(id)
    desk.drop(id)
  }

  function show(found: Handoff): void {
    const id = found.item.id
    const before = open.value.get(id)
    if (before && before.item.version > found.item.version) return
    open.value.set(id, before ? { ...found, ...joined(before, found) } : found)
    missing.value.delete(id)
    desk.put(found.item)
    settle(id, found.lines)
  }

  /** Read the page of lines before the first one shown. */
  async function loadEarlier(id: number): Promise<void> {
    const shown = open.value.get(id)
    const first = shown?.lines[0]
    if (!shown || !first) return
    const page = await api.listLines(id, first.id)
    const now = open.value.get(id) ?? shown
    const lines = [...page.lines.filter((line) => line.id < (now.lines[0]?.id ?? 0)), ...now.lines]
    open.value.set(id, { ...now, lines, has_earlier: page.has_earlier })
  }

  function pendingOf(id: number): PendingReply[] {
    return pending.value.get(id) ?? []
  }

  /** Add or replace the reply of this key. */
  function putPending(id: number, reply: PendingReply): void {
    const others = pendingOf(id).filter((one) => one.client_key !== reply.client_key)
    pending.value.set(id, [...others, reply])
  }

  function dropPending(id: number, clientKey: string): void {
    pending.value.set(id, pendingOf(id).filter((one) => one.client_key !== clientKey))
  }

  /** The server has the line: show it and drop its pending twin. */
  function addLine(id: number, line: Line): void {
    const shown = open.value.get(id)
    if (shown && !shown.lines.some((one) => one.id === line.id)) {
      open.value.set(id, { ...shown, lines: [...shown.lines, line].sort((a, b) => a.id - b.id) })
    }
    settle(id, [line])
  }

  function settle(id: number, lines: readonly Line[]): void {
    const arrived = new Set(lines.map((line) => line.client_key))
    const left = pendingOf(id).filter((one) => !arrived.has(one.client_key))
    if (left.length !== pendingOf(id).length) pending.value.set(id, left)
  }

  function reset(): void {
    open.value = new Map()
    pending.value = new Map()
  }

  return { open, missing, load, show, loadEarlier, pendingOf, putPending, dropPending, addLine, reset }
})

/** Earlier lines stay in front of the fresh page; when the two do not touch, the fresh page stands alone. */
function joined(before: Handoff, found: Handoff): Pick<Handoff, 'lines' | 'has_earlier'> {
  const first = found.lines[0]?.id ?? 0
  const touches = before.lines.some((line) => line.id >= first)
  if (!touches) return { lines: found.lines, has_earlier: found.has_earlier }
  const earlier = before.lines.filter((line) => line.id < first)
  const newest = found.lines.at(-1)?.id ?? 0
  const later = before.lines.filter((line) => line.id > newest)
  return {
    lines: [...earlier, ...found.lines, ...later],
    has_earlier: earlier.length > 0 ? before.has_earlier : found.has_earlier,
  }
}
