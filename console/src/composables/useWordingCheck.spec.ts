import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, type EffectScope, nextTick, type Ref, ref } from 'vue'

import type { Finding } from '../api/types'
import { json, problem, Server } from '../test/server'
import { handleComposerKey } from './useComposerKeys'
import { useViewing } from './useViewing'
import { useWordingCheck } from './useWordingCheck'

const CHECK = '/api/wording/check'

let server: Server
let scope: EffectScope

beforeEach(() => {
  vi.useFakeTimers()
  server = new Server()
  server.on(`POST ${CHECK}`, () => json({ findings: [{ rule: 'C22', excerpt: '验证码发我', grade: 'block', missing: [] }] }))
  scope = effectScope()
})

afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

async function pause(ms = 600): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
  await flushPromises()
}

function checking(draft: Ref<string>): Ref<Finding[]> {
  return scope.run(() => useWordingCheck(draft)) as Ref<Finding[]>
}

it('asks once the rep pauses, and forgets what he has changed', async () => {
  const draft = ref('')
  const found = checking(draft)
  draft.value = '把验证码'
  await pause(100)
  draft.value = '把验证码发我'
  await pause()
  expect(server.to(CHECK)).toHaveLength(1)
  expect(found.value.map((one) => one.rule)).toEqual(['C22'])

  draft.value = '不要把验证码给别人'
  await nextTick()

  expect(found.value).toEqual([])
})

it('asks nothing about a few characters or the list of canned replies', async () => {
  const draft = ref('')
  checking(draft)

  for (const text of ['您好', '/开场白']) {
    draft.value = text
    await pause()
  }

  expect(server.to(CHECK)).toEqual([])
})

it('says nothing when the check cannot be reached', async () => {
  server.on(`POST ${CHECK}`, () => problem(503, 'retry_later'))
  const draft = ref('')
  const found = checking(draft)

  draft.value = '把验证码发我'
  await pause()

  expect(found.value).toEqual([])
})

it('tells which chat is looked at and when writing begins and pauses', async () => {
  server.on('PUT /api/me/viewing', () => new Response(null, { status: 204 }))
  const id = ref(1)
  const { noteTyping } = scope.run(() => useViewing(id)) as ReturnType<typeof useViewing>
  const told = (): unknown[] => server.to('/api/me/viewing').map((asked) => [asked.body?.handoff_id, asked.body?.is_typing])
  await flushPromises()

  noteTyping()
  await pause(0)
  await pause(5000)
  id.value = 2
  await pause(0)
  scope.stop()
  await flushPromises()

  expect(told()).toEqual([
    [1, false],
    [1, true],
    [1, false],
    [2, false],
    [null, false],
  ])
})

it.each([
  [{ code: 'KeyK', altKey: true }, 'take 1'],
  [{ code: 'Digit0', altKey: true }, 'reject'],
  [{ code: 'KeyM', altKey: true }, 'mode'],
  [{ code: 'KeyS', altKey: true }, 'search'],
  [{ code: 'KeyP', altKey: true }, 'picture'],
  [{ code: 'KeyJ' }, undefined],
  [{ code: 'KeyJ', altKey: true, ctrlKey: true }, undefined],
  [{ code: 'Digit1', altKey: true }, undefined],
  [{ code: 'KeyM', altKey: true, isComposing: true }, undefined],
])('hears %j', (event, done) => {
  const heard: string[] = []
  const keys = {
    takeSuggestion: (place: number) => heard.push(`take ${place}`),
    rejectSuggestions: () => heard.push('reject'),
    switchMode: () => heard.push('mode'),
    search: () => heard.push('search'),
    pickPicture: () => heard.push('picture'),
  }

  expect(handleComposerKey(new KeyboardEvent('keydown', event), keys)).toBe(done !== undefined)
  expect(heard[0]).toBe(done)
})
