import { effectScope, nextTick, ref } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { type Call, callAttention, useAlarm, useAlarmSettings } from './useAlarm'

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

describe('a desktop notification', () => {
  let shown: string[]

  function browser(permission: NotificationPermission, visibility: DocumentVisibilityState): void {
    shown = []
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibility)
    class Notice extends EventTarget {
      static permission = permission
      static requestPermission = (): Promise<NotificationPermission> => Promise.resolve((Notice.permission = 'granted'))
      constructor(title: string) {
        super()
        shown.push(title)
      }
    }
    vi.stubGlobal('Notification', Notice)
  }

  afterEach(() => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })

  it('is shown behind another tab, and not to who looks at the desk', () => {
    browser('granted', 'hidden')
    useAlarmSettings()
    callAttention('有客户在排队', '')
    const hidden = shown
    browser('granted', 'visible')
    callAttention('有客户在排队', '')

    expect([hidden, shown]).toEqual([['有客户在排队'], []])
  })

  it('can be tried by who looks at the desk', () => {
    browser('granted', 'visible')

    useAlarmSettings().test('测试', '')

    expect(shown).toEqual(['测试'])
  })

  it('asks for leave once, and shows nothing where it was refused', async () => {
    browser('default', 'hidden')
    const settings = useAlarmSettings()
    expect(settings.permission.value).toBe('default')
    await settings.askPermission()
    expect(settings.permission.value).toBe('granted')

    browser('denied', 'hidden')
    expect(useAlarmSettings().permission.value).toBe('denied')
    callAttention('有客户在排队', '')
    expect(shown).toEqual([])
  })

  it('says why it cannot be: an old browser, or a page without https', () => {
    vi.stubGlobal('Notification', undefined)
    expect(useAlarmSettings().permission.value).toBe('unsupported')

    vi.stubGlobal('isSecureContext', false)
    expect(useAlarmSettings().permission.value).toBe('insecure')
  })
})
