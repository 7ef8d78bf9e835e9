import { expect, it } from 'vitest'

import { useMe } from '../stores/me'
import { render } from '../test/render'
import { aKnowledgeItem, aMe, aVersion, at } from '../test/samples'
import KnowledgeVersions from './KnowledgeVersions.vue'

const LIVE = aVersion({ id: 12, number: 3, state: 'approved', is_live: true, reviewer_name: '孙消保', body: { questions: [], text: '换加油卡。', choices: [] } })
const OLD = aVersion({ id: 11, number: 2, state: 'approved', body: { questions: [], text: '换京东卡。', choices: [] } })
const SEED = aVersion({ id: null, number: 1, state: 'seed', author_name: null, body: { questions: [], text: '换不了。', choices: [] } })
const ITEM = aKnowledgeItem({
  live: 3,
  versions: [LIVE, OLD, SEED],
  acts: [{ at: at(-60), username: 'reviewer01', name: '孙消保', act: 'approved', number: 3, reason: null }],
})

function shown(role: 'marketer' | 'reviewer', canStart = true, item = ITEM) {
  useMe().user = aMe({ role })
  return render(KnowledgeVersions, { item, canStart })
}

it('shows the newest version against the one before it', () => {
  const wrapper = shown('marketer')

  expect(wrapper.text()).toContain('v3 与 v2 相比')
  expect(wrapper.find('.out').text()).toContain('京东')
  expect(wrapper.find('.in').text()).toContain('加油')
  expect(wrapper.text()).toContain('孙消保 通过 v3')
})

it('offers to roll back to an earlier approved version, but not to the live one or the files', async () => {
  const wrapper = shown('marketer')
  expect(wrapper.text()).not.toContain('恢复到这一版')

  await wrapper.findAll('ol button').at(1)?.trigger('click')
  const button = wrapper.findAll('header button').find((one) => one.text() === '恢复到这一版')
  await button?.trigger('click')

  expect(wrapper.emitted('rollBack')).toEqual([[OLD]])
  await wrapper.findAll('ol button').at(2)?.trigger('click')
  expect(wrapper.text()).not.toContain('恢复到这一版')
})

it('lets a reviewer retire what is wrong, and write nothing', () => {
  const wrapper = shown('reviewer')

  expect(wrapper.findAll('header button').map((one) => one.text())).toEqual(['停用'])
})

it.each([
  ['answer', [LIVE, SEED], []],
  ['guide', [LIVE, SEED], []],
  ['guide', [LIVE], ['停用']],
] as const)('retires no %s whose older words in the release would speak again', (kind, versions, offered) => {
  const wrapper = shown('reviewer', true, { ...ITEM, kind, versions: [...versions] })

  expect(wrapper.findAll('header button').map((one) => one.text())).toEqual(offered)
})

it('begins nothing while a version waits for approval', () => {
  expect(shown('marketer', false).findAll('header button').map((one) => one.text())).toEqual(['停用'])
})
