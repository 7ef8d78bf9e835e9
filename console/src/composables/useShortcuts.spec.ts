import { beforeEach, describe, expect, it } from 'vitest'

import { en } from '../locales/en'
import { HEARD_ELSEWHERE, SHORTCUT_NAMES, SHORTCUTS, type ShortcutName } from '../shortcuts'
import { handle, type ShortcutActions } from './useShortcuts'

let done: string[]
/** Every action, each telling its name. */
const actions = Object.fromEntries(
  SHORTCUT_NAMES.map((name) => [name, (digit: number) => void done.push(name === 'goTo' ? `goTo ${digit}` : name)]),
) as ShortcutActions

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

/** A key press as the sheet writes it. */
function asWritten(name: ShortcutName): KeyboardEventInit {
  const [first = '', second = ''] = SHORTCUTS[name].keys
  if (first !== 'Alt') return { key: first.length === 1 ? first.toLowerCase() : first }
  return { altKey: true, code: second === '1…9' ? 'Digit3' : `Key${second}` }
}

function control(name: string): void {
  const button = document.createElement('button')
  button.dataset.key = name
  button.addEventListener('click', () => done.push(`pressed ${name}`))
  document.body.append(button)
}

describe('the sheet', () => {
  const heard = SHORTCUT_NAMES.filter((name) => !HEARD_ELSEWHERE.includes(name))

  it.each(heard)('is true: %s does what it says', (name) => {
    const { press: pressed } = SHORTCUTS[name]
    if (pressed) control(pressed)

    expect(press(asWritten(name))).toBe(true)
    expect(done).toEqual([pressed ? `pressed ${pressed}` : name === 'goTo' ? 'goTo 2' : name])
  })

  it('has no key that two entries want', () => {
    const keys = heard.map((name) => JSON.stringify(asWritten(name)))

    expect(new Set(keys).size).toBe(keys.length)
  })

  it('names every entry in words', () => {
    expect(Object.keys(en.keys)).toEqual(expect.arrayContaining([...SHORTCUT_NAMES]))
    expect(Object.keys(en.keys).filter((key) => !['title', 'groups'].includes(key))).toHaveLength(SHORTCUT_NAMES.length)
  })

  it.each(HEARD_ELSEWHERE)('leaves %s to whoever hears it', (name) => {
    expect(SHORTCUTS[name]).not.toHaveProperty('alt')
    expect(SHORTCUTS[name]).not.toHaveProperty('plain')
  })
})

describe('the keys', () => {
  it.each([
    [{ code: 'KeyA', key: 'å', altKey: true }, 'accept'],
    [{ code: 'KeyN', key: 'n', altKey: true }, 'nextUnanswered'],
    [{ code: 'Digit3', key: '3', altKey: true }, 'goTo 2'],
    [{ key: 'k', ctrlKey: true }, 'search'],
    [{ key: 'K', metaKey: true }, 'search'],
  ])('with Alt, Ctrl or ⌘ are heard also while the rep writes (%o)', (init, act) => {
    expect(press(init, 'textarea')).toBe(true)
    expect(done).toEqual([act])
  })

  it.each(['?', 'j', 'k', '/', 'Enter'])('without them are signs while the rep writes (%s)', (key) => {
    expect(press({ key }, 'textarea')).toBe(false)
    expect(done).toEqual([])
  })

  it('leave an Enter meant for a button alone', () => {
    expect(press({ key: 'Enter' }, 'button')).toBe(false)
    expect(press({ key: 'Enter' })).toBe(true)
    expect(done).toEqual(['acceptByEnter'])
  })

  it('are left alone while an input method composes', () => {
    expect(press({ key: 'j', isComposing: true })).toBe(false)
    expect(press({ key: 'j', keyCode: 229 })).toBe(false)
    expect(press({ code: 'KeyA', altKey: true, isComposing: true })).toBe(false)
    expect(done).toEqual([])
  })

  it('go to the browser when there is nothing to press or to do', () => {
    const event = new KeyboardEvent('keydown', { key: 'Enter' })

    expect(press({ code: 'KeyC', altKey: true })).toBe(false)
    expect(handle(event, { acceptByEnter: () => false })).toBe(false)
  })
})
