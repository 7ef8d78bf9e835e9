import { nextTick } from 'vue'
import { expect, it } from 'vitest'

import { NO_FILTER } from '../inboxFilter'
import { useSavedFilters } from './useSavedFilters'

it('keeps filters per person, without what was searched for', async () => {
  const { saved, save } = useSavedFilters('rep01')

  save('等我们', { ...NO_FILTER, unanswered: true, q: '陶先生' })
  await nextTick()

  expect(saved.value).toEqual([{ name: '等我们', filter: { ...NO_FILTER, unanswered: true } }])
  expect(localStorage.getItem('xinqiao.filters.rep01')).not.toContain('陶')
  expect(useSavedFilters('rep02').saved.value).toEqual([])
})

it('replaces one of the same name and drops what is removed', () => {
  const { saved, save, remove } = useSavedFilters('rep03')
  save('一', { ...NO_FILTER, urgent: true })
  save('一', { ...NO_FILTER, closing: true })
  expect(saved.value.map((one) => one.filter.closing)).toEqual([true])

  remove('一')

  expect(saved.value).toEqual([])
})
