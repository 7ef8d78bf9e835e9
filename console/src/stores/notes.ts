/** Words among colleagues: the notes of the chats opened on this page, and where the signed-in person was asked. */
import { defineStore } from 'pinia'
import { ref } from 'vue'

import * as api from '../api/composing'
import type { Mention, Note } from '../api/types'

/** Something a person should look up for: a supervisor's whisper, or a colleague's question. */
export interface Call {
  kind: 'whisper' | 'mention'
  conversationId: number
  by: string
  noteId: number
}

export const useNotes = defineStore('notes', () => {
  const notes = ref(new Map<number, Note[]>())
  const mentions = ref<Mention[]>([])
  const unread = ref(0)
  const call = ref<Call | null>(null)

  /** Read the notes of a chat; a failure leaves the last ones. */
  async function load(id: number): Promise<void> {
    const found = await api.listNotes(id).catch(() => undefined)
    if (found) notes.value.set(id, found)
  }

  const of = (id: number): Note[] => notes.value.get(id) ?? []

  /** The server has the note: show it. */
  function put(id: number, note: Note): void {
    if (!of(id).some((one) => one.id === note.id)) notes.value.set(id, [...of(id), note])
  }

  async function loadMentions(): Promise<void> {
    const page = await api.listMentions().catch(() => undefined)
    if (!page) return
    mentions.value = page.items
    unread.value = page.unread
  }

  /** The person looks at this chat: what he was asked there is read. */
  async function read(id: number): Promise<void> {
    if (!mentions.value.some((one) => one.conversation_id === id && !one.is_read)) return
    await api.readMentions(id).catch(() => undefined)
    await loadMentions()
  }

  function reset(): void {
    notes.value = new Map()
    mentions.value = []
    unread.value = 0
    call.value = null
  }

  return { mentions, unread, call, of, load, put, loadMentions, read, reset }
})
