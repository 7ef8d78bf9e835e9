import { effectScope, type EffectScope, nextTick } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import type { HandoffItem } from '../api/types'
import { i18n } from '../i18n'
import { useDesk } from '../stores/desk'
import { useMe } from '../stores/me'
import { aMe, anItem } from '../test/samples'
import { useWaitingCalls } from './useWaitingCalls'

const { calls } = vi.hoisted(() => ({ calls: [] as string[] }))

vi.mock('./useAlarm', () => ({ callAttention: (_title: string, body: string) => calls.push(body) }))
vi.mock('vue-i18n', async (original) => ({ ...(await original<object>()), useI18n: () => ({ t: i18n.global.t }) }))

let scope: EffectScope

beforeEach(() => {
  calls.length = 0
  useMe().user = aMe({ status: 'busy' })
  scope = effectScope()
  scope.run(useWaitingCalls)
})

afterEach(() => scope.stop())

async function arrives(id: number, over: Partial<HandoffItem> = {}): Promise<void> {
  const desk = useDesk()
  desk.put(anItem({ id, owner: 'queued', rep: null, ...over }))
  desk.isLoaded = true
  await nextTick()
}

it('calls once for a customer nobody was offered, and not for who waited before', async () => {
  await arrives(1)
  expect(calls).toEqual([])

  await arrives(2)
  await arrives(2, { version: 9 })

  expect(calls).toEqual(['陶先生 · 普惠专属服务代表，还没有人接'])
})

it('leaves an offer to its own ring, also when it comes back', async () => {
  await arrives(1)
  await arrives(2, { owner: 'offered', rep: 'rep01' })
  await arrives(2, { version: 9 })

  expect(calls).toEqual([])
})

it('leaves who is away in peace', async () => {
  await arrives(1)
  useMe().user = aMe({ status: 'break' })

  await arrives(2)

  expect(calls).toEqual([])
})
