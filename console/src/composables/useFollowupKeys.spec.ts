import { ref } from 'vue'
import { expect, it } from 'vitest'

import { useCallTimer } from './useCallTimer'
import { handle, type FollowupKeys } from './useFollowupKeys'

const done: string[] = []
const keys: FollowupKeys = {
  step: (by) => done.push(`step ${by}`),
  result: (index) => done.push(`result ${index}`),
  toggleCall: () => done.push('call'),
}
const press = (code: string, over: KeyboardEventInit = {}): boolean => handle(new KeyboardEvent('keydown', { code, altKey: true, ...over }), keys)

it('moves through the list, reports results and starts the call by key', () => {
  expect(['ArrowDown', 'ArrowUp', 'Digit1', 'Digit9', 'KeyS'].map((code) => press(code))).toEqual([true, true, true, true, true])
  expect(done).toEqual(['step 1', 'step -1', 'result 0', 'result 8', 'call'])
})

it('leaves other keys and keys without Alt alone', () => {
  expect([press('KeyQ'), press('Digit1', { altKey: false }), press('KeyS', { ctrlKey: true })]).toEqual([false, false, false])
})

it('counts the seconds of a call over a pause, and forgets them', () => {
  const now = ref(0)
  const timer = useCallTimer(now)
  timer.toggle()
  now.value = 65_000
  timer.toggle()
  now.value = 90_000
  timer.toggle()
  now.value = 95_000

  expect([timer.seconds.value, timer.isRunning.value]).toEqual([70, true])
  timer.reset()
  expect([timer.seconds.value, timer.isRunning.value]).toEqual([0, false])
})
