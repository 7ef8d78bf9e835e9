import { flushPromises } from '@vue/test-utils'
import { beforeEach, expect, it } from 'vitest'

import { render } from '../test/render'
import { json, Server } from '../test/server'
import { aLead } from '../test/workSamples'
import LeadCard from './LeadCard.vue'

let server: Server

beforeEach(() => {
  server = new Server()
})

it('shows what is known, who said so, and what is not', () => {
  const text = render(LeadCard, { lead: aLead(), beside: true }).text()

  expect(text).toContain('20万–30万元 客户说')
  expect(text).toMatch(/还没问到.*用款时间/)
  expect(text).toContain('没有同意营销')
})

it('sends only what the rep changed', async () => {
  server.on('PUT /api/leads/9/need', () => json(aLead()))
  const page = render(LeadCard, { lead: aLead(), beside: true })

  await page.find('dl + button').trigger('click')
  await page.findAll('form select').at(1)?.setValue('now')
  await page.find('form').trigger('submit')
  await flushPromises()

  expect(server.to('/api/leads/9/need')[0]?.body).toEqual({ urgency: 'now' })
})

it('wants a reason for 未成', async () => {
  server.on('POST /api/leads/9/stage', () => json(aLead({ stage: 'lost' })))
  const page = render(LeadCard, { lead: aLead(), beside: true })
  await page.find('select[aria-label="推进到"]').setValue('lost')
  const save = page.find('form button[type="submit"]')

  expect(save.attributes('disabled')).toBeDefined()
  await page.find('select[aria-label="为什么没成"]').setValue('too_dear')
  await page.findAll('form').at(-1)?.trigger('submit')
  await flushPromises()

  expect(server.to('/api/leads/9/stage')[0]?.body).toEqual({ stage: 'lost', evidence: '', lost_reason: 'too_dear' })
})
