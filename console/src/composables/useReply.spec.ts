import { beforeEach, describe, expect, it } from 'vitest'

import { useChat } from '../stores/chat'
import { aHandoff, aLine } from '../test/samples'
import { cut, json, problem, Server } from '../test/server'
import { useReply } from './useReply'

const PATH = '/api/handoffs/1/replies'

let server: Server
let keys: number

beforeEach(() => {
  server = new Server()
  keys = 0
  useChat().show(aHandoff())
})

const sender = (): ReturnType<typeof useReply> =>
  useReply({ newKey: () => `key-0000${++keys}`, wait: () => Promise.resolve(), now: () => '2026-03-10T06:00:00Z' })
const keysSent = (): unknown[] => server.to(PATH).map((asked) => asked.body?.client_key)

describe('a reply', () => {
  it('is shown at once, and once only when the server has it', async () => {
    let seenWhileSending = 0
    server.on(`POST ${PATH}`, (asked) => {
      seenWhileSending = useChat().pendingOf(1).length
      return json(aLine({ id: 11, speaker: 'rep', client_key: String(asked.body?.client_key), delivery: 'queued' }), 202)
    })

    expect(await sender().send(1, '您好')).toBe('taken')

    expect(seenWhileSending).toBe(1)
    expect(useChat().pendingOf(1)).toEqual([])
    expect(useChat().open.get(1)?.lines.map((line) => line.id)).toEqual([10, 11])
  })

  it('is tried again with the same key while no answer comes', async () => {
    let calls = 0
    server.on(`POST ${PATH}`, (asked) =>
      ++calls < 3 ? cut() : json(aLine({ id: 11, speaker: 'rep', client_key: String(asked.body?.client_key) }), 202),
    )

    expect(await sender().send(1, '您好')).toBe('taken')

    expect(keysSent()).toEqual(['key-00001', 'key-00001', 'key-00001'])
  })

  it('keeps its key when the server fails without saying what happened', async () => {
    server.on(`POST ${PATH}`, () => problem(503, 'retry_later'))

    expect(await sender().send(1, '您好')).toBe('unsure')

    expect(new Set(keysSent())).toEqual(new Set(['key-00001']))
  })

  it('goes with the same key when the rep retries an unsure one by hand', async () => {
    server.on(`POST ${PATH}`, cut)
    const { send, retry } = sender()
    await send(1, '您好')
    const [unsure] = useChat().pendingOf(1)
    if (!unsure) throw new Error('the reply is gone')

    await retry(1, unsure)

    expect(unsure.state).toBe('unsure')
    expect(new Set(keysSent())).toEqual(new Set(['key-00001']))
  })

  it('that would be the last goes knowingly when the rep sends it all the same', async () => {
    server.on(`POST ${PATH}`, (asked) => (asked.body?.is_last_confirmed ? json(aLine({ id: 11 }), 202) : problem(422, 'last_message')))
    const { send, retry } = sender()
    expect(await send(1, '您好')).toBe('refused')
    const [last] = useChat().pendingOf(1)
    if (!last) throw new Error('the reply is gone')

    expect(await retry(1, last)).toBe('taken')

    expect(server.to(PATH).map((asked) => asked.body?.is_last_confirmed)).toEqual([false, true])
  })

  it('gets a new key after a definite refusal', async () => {
    server.on(`POST ${PATH}`, () => problem(409, 'send_refused', { reason: 'allowance_spent' }))
    const { send, retry } = sender()
    expect(await send(1, '您好')).toBe('refused')
    const [refused] = useChat().pendingOf(1)
    if (!refused) throw new Error('the reply is gone')

    await retry(1, refused)

    expect(keysSent()).toEqual(['key-00001', 'key-00002'])
    expect(useChat().pendingOf(1)).toHaveLength(1)
  })

  it('comes back with the findings when its wording is blocked', async () => {
    const findings = [{ rule: 'C22', excerpt: '验证码发我' }]
    server.on(`POST ${PATH}`, () => problem(422, 'wording_blocked', { findings }))

    expect(await sender().send(1, '把验证码发我')).toEqual({ findings, canConfirm: false })

    expect(useChat().pendingOf(1)).toEqual([])
  })

  it('sends a card by its name, without its text', async () => {
    server.on(`POST ${PATH}`, () => json(aLine({ id: 11 }), 202))

    await sender().send(1, '经营快贷……', 'product:jingying_kuaidai')

    expect(server.to(PATH)[0]?.body).toMatchObject({ text: '', card: 'product:jingying_kuaidai' })
  })

  it('is not sent again when the stream has brought its line meanwhile', async () => {
    server.on(`POST ${PATH}`, cut)
    const bringLine = (): Promise<void> => {
      useChat().addLine(1, aLine({ id: 11, speaker: 'rep', client_key: 'key-00001' }))
      return Promise.resolve()
    }

    const result = await useReply({ newKey: () => 'key-00001', wait: bringLine }).send(1, '您好')

    expect(result).toBe('taken')
    expect(keysSent()).toHaveLength(1)
  })
})
