import { ref } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'

import { claimDrafts, forgetDrafts, hasDraft, useDraft } from './useDraft'

beforeEach(forgetDrafts)

it('keeps a draft per conversation', () => {
  const id = ref(1)
  const draft = useDraft(id)
  draft.value = '给陶先生的话'

  id.value = 2
  expect(draft.value).toBe('')
  draft.value = '给王先生的话'
  id.value = 1

  expect(draft.value).toBe('给陶先生的话')
  expect(hasDraft(2)).toBe(true)
})

it('survives a reload of the page in this tab', () => {
  sessionStorage.setItem('xinqiao.draft.5', '写了一半')

  expect(useDraft(ref(5)).value).toBe('写了一半')
})

it('is marked in the list after a reload as before', async () => {
  sessionStorage.setItem('xinqiao.draft.5', '写了一半')
  vi.resetModules()

  const reloaded = await import('./useDraft')

  expect([reloaded.hasDraft(5), reloaded.hasDraft(6)]).toEqual([true, false])
})

it('goes when another person comes in, in a tab where nobody signed out', () => {
  claimDrafts('rep01')
  const draft = useDraft(ref(1))
  draft.value = '给陶先生的话'

  claimDrafts('rep01')
  expect(draft.value).toBe('给陶先生的话')
  claimDrafts('rep02')

  expect(draft.value).toBe('')
  expect(JSON.stringify({ ...sessionStorage })).not.toContain('陶先生')
})

it('leaves nothing behind when it is emptied or the rep signs out', () => {
  const draft = useDraft(ref(1))
  draft.value = '一'
  draft.value = ''
  expect(sessionStorage).toHaveLength(0)

  draft.value = '二'
  forgetDrafts()

  expect(draft.value).toBe('')
  expect(sessionStorage).toHaveLength(0)
})
