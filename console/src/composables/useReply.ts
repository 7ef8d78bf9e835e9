/**
 * Sending a rep's message. One key is one message: without an answer the same key is tried again, so it can never go twice;
 * only after a definite refusal does a new attempt get a new key.
 */
import { reply as post } from '../api/desk'
import { ApiProblem, asCallError } from '../api/problem'
import type { Finding } from '../api/types'
import { type PendingReply, useChat } from '../stores/chat'

const RETRY_MS = [1000, 3000, 8000]
/** The server wants to hear that the rep knows it is the last message. */
export const LAST = 'last_message'

/** With findings the words come back: to be changed, or, when they only lack something, to be confirmed. */
export type ReplyResult = 'taken' | 'unsure' | 'refused' | { findings: Finding[]; canConfirm: boolean }

export interface ReplyOptions {
  newKey?: () => string
  wait?: (ms: number) => Promise<void>
  now?: () => string
}

export interface ReplySender {
  send: (id: number, text: string, card?: string) => Promise<ReplyResult>
  sendConfirmed: (id: number, text: string) => Promise<ReplyResult>
  retry: (id: number, reply: PendingReply) => Promise<ReplyResult>
  dismiss: (id: number, reply: PendingReply) => void
}

export function useReply(options: ReplyOptions = {}): ReplySender {
  const chat = useChat()
  const newKey = options.newKey ?? (() => crypto.randomUUID())
  const wait = options.wait ?? ((ms) => new Promise((done) => setTimeout(done, ms)))
  const now = options.now ?? (() => new Date().toISOString())

  /** Send a text, or an approved card (the text is then only its preview). */
  function send(id: number, text: string, card?: string): Promise<ReplyResult> {
    return attempt(id, { client_key: newKey(), text, card, state: 'sending', at: now() })
  }

  /** Send words the rep was told lack something. */
  function sendConfirmed(id: number, text: string): Promise<ReplyResult> {
    return attempt(id, { client_key: newKey(), text, isConfirmed: true, state: 'sending', at: now() })
  }

  /** Try again by hand: a new key after a refusal, the same key while the outcome is unknown; the last message goes knowingly then. */
  function retry(id: number, reply: PendingReply): Promise<ReplyResult> {
    if (reply.state === 'sending') return Promise.resolve('unsure')
    if (reply.state === 'refused') chat.dropPending(id, reply.client_key)
    const key = reply.state === 'refused' ? newKey() : reply.client_key
    const isLastConfirmed = reply.isLastConfirmed || reply.problem?.code === LAST
    return attempt(id, { ...reply, isLastConfirmed, client_key: key, state: 'sending', problem: undefined, at: now() })
  }

  function dismiss(id: number, reply: PendingReply): void {
    chat.dropPending(id, reply.client_key)
  }

  async function attempt(id: number, reply: PendingReply): Promise<ReplyResult> {
    for (let tries = 0; ; tries++) {
      chat.putPending(id, { ...reply, state: 'sending' })
      try {
        const { client_key, text, card, isConfirmed, isLastConfirmed } = reply
        chat.addLine(id, await post(id, card ? { client_key, text: '', card, isLastConfirmed } : { client_key, text, isConfirmed, isLastConfirmed }))
        return 'taken'
      } catch (caught) {
        const error = asCallError(caught)
        if (error instanceof ApiProblem && error.isDefinite) return refuse(id, reply, error)
        chat.putPending(id, { ...reply, state: 'unsure' })
        const delay = RETRY_MS[tries]
        if (delay === undefined) return 'unsure'
        await wait(delay)
        // The stream may have brought the line meanwhile.
        if (!chat.pendingOf(id).some((one) => one.client_key === reply.client_key)) return 'taken'
      }
    }
  }

  function refuse(id: number, reply: PendingReply, problem: ApiProblem): ReplyResult {
    if (problem.code === 'wording_blocked' || problem.code === 'wording_unconfirmed') {
      chat.dropPending(id, reply.client_key)
      return { findings: findingsOf(problem), canConfirm: problem.code === 'wording_unconfirmed' }
    }
    chat.putPending(id, { ...reply, state: 'refused', problem })
    return 'refused'
  }

  return { send, sendConfirmed, retry, dismiss }
}

function findingsOf(problem: ApiProblem): Finding[] {
  const { findings } = problem.fields
  return Array.isArray(findings) ? (findings as Finding[]) : []
}
