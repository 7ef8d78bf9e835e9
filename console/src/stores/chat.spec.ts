import { beforeEach, expect, it } from 'vitest'

import { aHandoff, aLine, anItem } from '../test/samples'
import { json, Server } from '../test/server'
import { useChat } from './chat'

let server: Server
const lines = (...ids: number[]): ReturnType<typeof aLine>[] => ids.map((id) => aLine({ id }))
const shown = (): number[] => useChat().open.get(1)?.lines.map((line) => line.id) ?? []

beforeEach(() => {
  server = new Server()
})

it('keeps earlier lines in front of a fresh page', async () => {
  useChat().show(aHandoff({ lines: lines(5, 6), has_earlier: true }))
  server.on('GET /api/handoffs/1/lines', () => json({ lines: lines(3, 4), has_earlier: false }))
  await useChat().loadEarlier(1)

  useChat().show(aHandoff({ lines: lines(5, 6, 7), has_earlier: true }))

  expect(shown()).toEqual([3, 4, 5, 6, 7])
  expect(useChat().open.get(1)?.has_earlier).toBe(false)
})

it('asks for the lines before the first one shown', async () => {
  useChat().show(aHandoff({ lines: lines(5, 6), has_earlier: true }))

  await useChat().loadEarlier(1).catch(() => undefined)

  expect(server.to('/api/handoffs/1/lines')[0]?.search).toBe('?before=5')
})

it('shows a fresh page alone when it does not touch the old one, rather than hide a gap', () => {
  useChat().show(aHandoff({ lines: lines(5, 6) }))

  useChat().show(aHandoff({ lines: lines(80, 81), has_earlier: true }))

  expect(shown()).toEqual([80, 81])
  expect(useChat().open.get(1)?.has_earlier).toBe(true)
})

it('ignores an answer older than what is shown', () => {
  useChat().show(aHandoff({ item: anItem({ version: 5 }), lines: lines(5, 6) }))

  useChat().show(aHandoff({ item: anItem({ version: 4 }), lines: lines(5) }))

  expect(shown()).toEqual([5, 6])
})

it('drops a pending reply once its line arrives by any way', () => {
  const chat = useChat()
  chat.putPending(1, { client_key: 'key-00001', text: '您好', state: 'unsure', at: '' })

  chat.show(aHandoff({ lines: [aLine({ id: 11, client_key: 'key-00001' })] }))

  expect(chat.pendingOf(1)).toEqual([])
})

it('remembers that a conversation is not there', async () => {
  await useChat().load(404)

  expect(useChat().missing.has(404)).toBe(true)
})
