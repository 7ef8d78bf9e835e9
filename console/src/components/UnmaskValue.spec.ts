import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { ApiProblem } from '../api/problem'
import { render } from '../test/render'
import UnmaskValue from './UnmaskValue.vue'

const unmask = vi.fn()
let wrapper: VueWrapper

beforeEach(() => {
  vi.useFakeTimers()
  unmask.mockReset().mockResolvedValue({ value: '13812345678', shown_s: 30 })
  wrapper = render(UnmaskValue, { masked: '138****5678', name: '电话', unmask })
})

afterEach(() => {
  wrapper.unmount()
  vi.useRealTimers()
  document.body.replaceChildren()
})

async function askWith(reason: string): Promise<void> {
  await wrapper.find('button').trigger('click')
  await wrapper.find('input').setValue(reason)
  await wrapper.find('form').trigger('submit')
  await flushPromises()
}

it('asks for a reason before it shows anything', async () => {
  await wrapper.find('button').trigger('click')
  expect(wrapper.find('form button').attributes('disabled')).toBeDefined()
  expect(wrapper.text()).not.toContain('13812345678')

  await wrapper.find('input').setValue(' 回电核对 ')
  await wrapper.find('form').trigger('submit')
  await flushPromises()

  expect(unmask).toHaveBeenCalledWith('回电核对')
  expect(wrapper.text()).toContain('13812345678')
})

it('hides the value again after a short time', async () => {
  await askWith('回电核对')
  await vi.advanceTimersByTimeAsync(29_000)
  expect(wrapper.text()).toContain('13812345678')

  await vi.advanceTimersByTimeAsync(1_500)

  expect(wrapper.text()).not.toContain('13812345678')
  expect(wrapper.text()).toContain('138****5678')
})

it('hides the value when another customer is opened', async () => {
  await askWith('回电核对')

  await wrapper.setProps({ masked: '139****0000' })

  expect(wrapper.text()).not.toContain('13812345678')
})

it('says why nothing is shown', async () => {
  unmask.mockRejectedValue(new ApiProblem(404, 'not_found'))

  await askWith('回电核对')

  expect(document.body.textContent).toContain('没有找到')
  expect(wrapper.text()).toContain('138****5678')
})
