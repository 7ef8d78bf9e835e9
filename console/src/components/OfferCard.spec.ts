import { expect, it } from 'vitest'

import { useChat } from '../stores/chat'
import { render } from '../test/render'
import { aHandoff, anItem, at } from '../test/samples'
import OfferCard from './OfferCard.vue'

it('says who, why and how long before the rep decides', async () => {
  const offer = anItem({ owner: 'offered', offered_at: at(0), offer_expires_at: at(20) })
  useChat().show(aHandoff({ item: offer }))
  const wrapper = render(OfferCard, { offer, seconds: 14, busy: false })

  expect(wrapper.text()).toContain('陶先生')
  expect(wrapper.text()).toContain('想申请贷款')
  expect(wrapper.text()).toContain('金额30万元，期限6个月')
  expect(wrapper.find('svg').text()).toBe('14')
  expect(wrapper.find('[role="alert"]').text()).toContain('陶先生')

  await wrapper.find('.primary').trigger('click')
  expect(wrapper.emitted('accept')).toHaveLength(1)
})
