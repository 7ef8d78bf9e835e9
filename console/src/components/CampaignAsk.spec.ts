import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { render } from '../test/render'
import CampaignAsk from './CampaignAsk.vue'

let wrapper: VueWrapper

beforeEach(() => setActivePinia(createPinia()))
afterEach(() => {
  wrapper.unmount()
  document.body.replaceChildren()
})

it('keeps its words while it fades, and takes new ones when it is opened again', async () => {
  wrapper = render(CampaignAsk, { modelValue: true, title: '暂停推送', hints: ['已发出的收不回'], confirm: '暂停' })
  await flushPromises()
  expect(document.body.textContent).toContain('暂停推送')

  await wrapper.setProps({ modelValue: false, title: '', hints: [], confirm: '' })
  expect(document.body.textContent).toContain('暂停推送')
  expect(document.body.textContent).toContain('已发出的收不回')

  await wrapper.setProps({ modelValue: true, title: '取消推送', hints: [], confirm: '取消' })
  await flushPromises()
  expect(document.body.textContent).toContain('取消推送')
  expect(document.body.textContent).not.toContain('暂停推送')
})
