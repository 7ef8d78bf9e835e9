import { describe, expect, it } from 'vitest'

import type { DeskEvent } from '../events'
import { noticeOf } from './useDeskNotices'

const event = (type: string, payload: Record<string, unknown>): DeskEvent => ({ type, conversation_id: 7, version: null, payload, at: '2026-03-10T06:00:00Z' })

describe('the notices of a rep', () => {
  it.each([
    ['handoff.reply_due', { is_first: true }, 'notice.firstReplyDue', ''],
    ['handoff.reply_due', { is_first: false }, 'notice.replyDue', ''],
    ['handoff.closed', { rep: 'rep01', by: 'boss' }, 'notice.ended', 'boss'],
    ['delivery.changed', { state: 'failed', rep: 'rep01', reason: '45015' }, 'notice.refused', ''],
    ['handoff.dedicated_passed_over', { rep: 'rep02' }, 'notice.passedOver', 'rep02'],
    ['handoff.assigned', { rep: 'rep01', by: 'boss', former: null }, 'notice.given', 'boss'],
    ['handoff.assigned', { rep: 'rep02', by: 'boss', former: 'rep01' }, 'notice.taken', 'rep02'],
  ])('tell of %s %j', (type, payload, key, name) => {
    expect(noticeOf(event(type, payload), 'rep01')).toMatchObject({ key, name })
  })

  it.each([
    ['an assignment among others', 'handoff.assigned', { rep: 'rep02', by: 'boss', former: 'rep03' }],
    ['what he did himself', 'handoff.assigned', { rep: 'rep01', by: 'rep01', former: 'rep02' }],
    ['a message that went', 'delivery.changed', { state: 'sent', rep: null }],
    ["a colleague's refused message", 'delivery.changed', { state: 'failed', rep: 'rep02', reason: '45015' }],
    ['a chat he closed himself', 'handoff.closed', { rep: 'rep01' }],
    ["a colleague's chat that was closed for him", 'handoff.closed', { rep: 'rep02', by: 'boss' }],
    ['an event that tells nothing more', 'handoff.wrapped', {}],
  ])('leave out %s', (_name, type, payload) => {
    expect(noticeOf(event(type, payload), 'rep01')).toBeNull()
  })
})
