import { beforeEach, expect, it } from 'vitest'

import { handle, type ShortcutActions } from './useShortcuts'

let done: string[]
const actions: ShortcutActions = {
  accept: () => done.push('accept'),
  acceptByEnter: () => Boolean(done.push('enter')),
  goTo: (index) => done.push(`go ${index}`),
  nextUnanswered: () => done.push('next'),
  showSheet: () => done.push('sheet'),
}

beforeEach(() => {
  done = []
  document.body.replaceChildren()
})

function press(init: KeyboardEventInit, tag = 'div'): boolean {
  const target = document.body.appendChild(document.createElement(tag))
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init })
  target.dispatchEvent(event)
  return handle(event, actions)
}

it.each([
  [{ code: 'KeyA', key: 'å', altKey: true }, 'accept'],
  [{ code: 'KeyN', key: 'n', altKey: true }, 'next'],
  [{ code: 'Digit3', key: '3', altKey: true }, 'go 2'],
])('hears Alt keys also while the rep writes (%o)', (init, act) => {
  expect(press(init, 'textarea')).toBe(true)
  expect(done).toEqual([act])
})

it('shows the sheet on ? outside of inputs only', () => {
  expect(press({ key: '?' }, 'textarea')).toBe(false)
  expect(press({ key: '?' })).toBe(true)
  expect(done).toEqual(['sheet'])
})

it('never takes an Enter meant for an input or a button', () => {
  expect(press({ key: 'Enter' }, 'textarea')).toBe(false)
  expect(press({ key: 'Enter' }, 'button')).toBe(false)
  expect(press({ key: 'Enter' })).toBe(true)
  expect(done).toEqual(['enter'])
})

it('leaves keys alone while an input method composes', () => {
  expect(press({ key: 'Enter', isComposing: true })).toBe(false)
})
