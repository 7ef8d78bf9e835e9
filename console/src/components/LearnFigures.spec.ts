import { expect, it } from 'vitest'

import { render } from '../test/render'
import LearnFigures from './LearnFigures.vue'

const ROW = { days: 7, model: 'xinqiao-abc.tar.gz', by: 'model', parses: 8, answered: 6, asked_back: 2, human: 0, misread: 1 }

it('shows shares by model version and span, and names what is no model', () => {
  const items = [ROW, { ...ROW, model: null, by: 'keywords', parses: 1, answered: 0, asked_back: 1, misread: 0 }]
  const wrapper = render(LearnFigures, { figures: { items, lessons: {} } })
  const [week, month] = wrapper.findAll('table')

  expect(week?.findAll('tbody tr')[0]?.text()).toMatch(/xinqiao-abc\s*8\s*75%\s*25%\s*0%\s*13%/)
  expect(week?.findAll('tbody tr')[1]?.text()).toContain('关键词规则')
  expect(month?.text()).toContain('还没有记录')
})
