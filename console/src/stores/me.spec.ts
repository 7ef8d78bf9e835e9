import { beforeEach, expect, it } from 'vitest'

import { setDraft } from '../composables/useDraft'
import { aMe } from '../test/samples'
import { json, problem, Server } from '../test/server'
import { useMe } from './me'

let server: Server

beforeEach(async () => {
  server = new Server()
  server.on('POST /api/session', () => json({ csrf_token: 'token-1', user: aMe({ status: 'offline' }) }))
  await useMe().signIn('rep01', 'secret')
})

it('sends the token of the session with every write', async () => {
  server.on('PUT /api/me/status', () => json(aMe({ status: 'ready' })))

  await useMe().setStatus('ready')

  expect(server.to('/api/me/status')[0]?.headers.get('X-CSRF-Token')).toBe('token-1')
  expect(useMe().user?.status).toBe('ready')
})

it('takes a status back that the server refuses', async () => {
  server.on('PUT /api/me/status', () => problem(503, 'retry_later'))

  await expect(useMe().setStatus('ready')).rejects.toMatchObject({ code: 'retry_later' })

  expect(useMe().user?.status).toBe('offline')
})

it('goes offline first when a rep signs out, and leaves no draft', async () => {
  server.on('PUT /api/me/status', () => json(aMe({ status: 'offline' })))
  server.on('DELETE /api/session', () => new Response(null, { status: 204 }))
  setDraft(1, '写了一半')

  await useMe().signOut()

  expect(server.asked.slice(1).map((one) => `${one.method} ${one.path}`)).toEqual(['PUT /api/me/status', 'DELETE /api/session'])
  expect(useMe().user).toBeNull()
  expect(sessionStorage).toHaveLength(0)
})

it('forgets the person, and says why, when the server no longer knows the session', async () => {
  server.on('PUT /api/me/status', () => problem(401, 'not_signed_in'))

  await useMe().setStatus('ready').catch(() => undefined)

  expect(useMe()).toMatchObject({ user: null, hasExpired: true })
})

it.each([
  ['rep', 'desk', false],
  ['supervisor', 'desk', true],
  ['trainer', 'learn', true],
  ['marketer', 'knowledge', false],
  ['reviewer', 'knowledge', false],
  ['branch', 'referrals', false],
] as const)('leads a %s to the page of his work', (role, home, teaches) => {
  const me = useMe()
  me.user = aMe({ role })

  expect([me.home, me.teaches]).toEqual([home, teaches])
})

it.each([
  ['marketer', true, false],
  ['supervisor', true, false],
  ['reviewer', false, true],
  ['rep', false, false],
] as const)('lets nobody both write and review: %s', (role, writes, reviews) => {
  const me = useMe()
  me.user = aMe({ role })

  expect([me.writes, me.reviews]).toEqual([writes, reviews])
})
