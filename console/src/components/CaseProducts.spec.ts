import { expect, it } from 'vitest'

import { render } from '../test/render'
import { aHandoff } from '../test/samples'
import CaseProducts from './CaseProducts.vue'

const products = aHandoff().card.products

it('offers to send what may suit, never what does not', async () => {
  const wrapper = render(CaseProducts, { products, canSend: true })

  expect(wrapper.findAll('button')).toHaveLength(1)
  await wrapper.find('button').trigger('click')
  expect(wrapper.emitted('offer')).toEqual([['jingying_kuaidai']])
})

it('sends nothing while the rep may not write', () => {
  expect(render(CaseProducts, { products, canSend: false }).find('button').attributes('disabled')).toBeDefined()
})

it('shows the best four first, and the rest when asked', async () => {
  const many = Array.from({ length: 10 }, (_, index) => ({ id: `p${index}`, name: `产品${index}`, verdict: 'maybe', reason: '' }))
  const wrapper = render(CaseProducts, { products: many, canSend: true })
  expect(wrapper.findAll('li')).toHaveLength(4)

  await wrapper.find('.more').trigger('click')

  expect(wrapper.findAll('li')).toHaveLength(10)
  expect(wrapper.find('.more').exists()).toBe(false)
})
