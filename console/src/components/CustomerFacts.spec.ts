import { expect, it } from 'vitest'

import { render } from '../test/render'
import { aHandoff } from '../test/samples'
import CustomerFacts from './CustomerFacts.vue'

const customer = aHandoff().customer

it('shows how sure we are of him and what he agreed to and refused', () => {
  const wrapper = render(CustomerFacts, { customer })

  expect(wrapper.text()).toContain('已绑定')
  expect(wrapper.findAll('.consents .tag').map((tag) => tag.text())).toEqual(['✓ 服务通知', '✕ 营销信息'])
  expect(wrapper.find('.consents .bad').attributes('title')).toContain('拒绝')
})

it('says that silence allows no marketing', () => {
  const wrapper = render(CustomerFacts, { customer: { ...customer, identity_level: 1, consents: [] } })

  expect(wrapper.find('.consents').exists()).toBe(false)
  expect(wrapper.text()).toContain('没有表态，不可营销')
})
