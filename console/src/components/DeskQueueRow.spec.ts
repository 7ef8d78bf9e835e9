import { describe, expect, it } from 'vitest'

import type { HandoffItem } from '../api/types'
import { setServerTime } from '../composables/useNow'
import { render } from '../test/render'
import { anItem, at } from '../test/samples'
import DeskQueueRow from './DeskQueueRow.vue'

function row(item: Partial<HandoffItem>, own = false): ReturnType<typeof render> {
  setServerTime(at(0))
  return render(DeskQueueRow, { item: anItem(item), selected: false, own })
}

describe('a row', () => {
  it.each([
    [-5, 'calm', '00:05'],
    [-30, 'warm', '00:30'],
    [-75, 'hot', '01:15'],
  ])('of a customer who asked %s s ago is %s', (asked, tone, shown) => {
    const wait = row({ owner: 'queued', rep: null, rep_name: null, queued_at: at(asked) }).find('.wait')

    expect(wait.classes()).toContain(tone)
    expect(wait.text()).toBe(shown)
  })

  it('of my chat counts from the word nobody answered, and shows what may be sent', () => {
    const wrapper = row({ unanswered: 2, last_customer_at: at(-40) }, true)

    expect(wrapper.find('.wait').text()).toBe('00:40')
    expect(wrapper.find('.badge').text()).toContain('2')
    expect(wrapper.find('.badge').classes()).toContain('waits')
    expect(wrapper.text()).toContain('3 · 01:00')
  })

  it('of unread words counts those, and stands out', () => {
    const wrapper = row({ unread: 120, unanswered: 3 }, true)

    expect(wrapper.find('.badge').text()).toBe('99+条未读')
    expect(wrapper.find('.row').classes()).toContain('fresh')
  })

  it('of a closed chat tells the outcome and rings no alarm', () => {
    const wrapper = row({ owner: 'closed', outcome: 'applied', unanswered: 1, closed_at: at(-600) })

    expect(wrapper.text()).toContain('已申请')
    expect(wrapper.find('.wait').exists()).toBe(false)
    expect(wrapper.find('.badge').exists()).toBe(false)
  })

  it('offers to take only who is still waiting', () => {
    expect(row({ owner: 'queued', rep: null }).find('.take').exists()).toBe(true)
    expect(row({ owner: 'offered', rep: 'rep02' }).find('.take').exists()).toBe(false)
  })
})
