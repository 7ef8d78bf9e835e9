import { effectScope, nextTick, ref } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { type Call, useAlarm } from './useAlarm'

let beeps: number

class Knob {
  setValueAtTime(): void {}
  linearRampToValueAtTime(): void {}
  exponentialRampToValueAtTime(): void {}
}

class Node {
  gain = new Knob()
  connect(next: Node): Node {
    return next
  }
  start(): void {
    beeps += 1
  }
  stop(): void {}
}

class Audio {
  currentTime = 0
  destination = new Node()
  resume(): Promise<void> {
    return Promise.resolve()
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  beeps = 0
  vi.stubGlobal('AudioContext', Audio)
  vi.stubGlobal('OscillatorNode', Node)
  vi.stubGlobal('GainNode', Node)
})

afterEach(() => {
  vi.useRealTimers()
})

it('rings until the offer is answered and says so in the title', async () => {
  const ringing = ref<Call | null>(null)
  const unread = ref(2)
  const scope = effectScope()
  scope.run(() => useAlarm({ ringing, unread, name: ref('心桥') }))
  expect(document.title).toBe('(2) 心桥')

  ringing.value = { id: 1, title: '新客户邀请', body: '陶先生' }
  await nextTick()
  const first = beeps
  expect(first).toBeGreaterThan(0)
  expect(document.title).toBe('【新客户邀请】心桥')
  vi.advanceTimersByTime(4000)
  expect(beeps).toBe(first * 3)

  ringing.value = null
  await nextTick()
  vi.advanceTimersByTime(10_000)
  expect(beeps).toBe(first * 3)
  scope.stop()
})

it('falls silent when the rep leaves the desk', async () => {
  const scope = effectScope()
  scope.run(() => useAlarm({ ringing: ref({ id: 1, title: '新客户邀请', body: '陶先生' }), unread: ref(0), name: ref('心桥') }))
  const before = beeps

  scope.stop()
  vi.advanceTimersByTime(10_000)

  expect(beeps).toBe(before)
  expect(document.title).toBe('心桥')
})
