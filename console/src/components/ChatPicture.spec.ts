import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'

import { render } from '../test/render'
import { aLine } from '../test/samples'
import { problem, Server } from '../test/server'
import ChatPicture from './ChatPicture.vue'

const ADDRESS = '/api/handoffs/1/lines/10/picture'
const PICTURE = aLine({ kind: 'image', text: '', detail: { media_id: 'm1' } })

let server: Server

beforeEach(() => {
  server = new Server()
  server.on(`GET ${ADDRESS}`, () => new Response(new Blob(['png']), { headers: { 'Content-Type': 'image/png' } }))
  vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:1', revokeObjectURL: () => undefined }))
})

async function shown(props: Record<string, unknown> = {}): Promise<VueWrapper> {
  const wrapper = render(ChatPicture, { conversation: 1, line: PICTURE, ...props })
  await flushPromises()
  return wrapper
}

it('is blurred until the rep asks to see it, and large with one click more', async () => {
  const wrapper = await shown({ own: true })
  expect(wrapper.find('img').classes()).toContain('blurred')
  expect(wrapper.text()).toContain('可能是证件照片')

  await wrapper.find('button').trigger('click')
  expect(wrapper.find('img').classes()).not.toContain('blurred')
  await wrapper.find('button').trigger('click')
  await flushPromises()

  expect(document.querySelector('.el-dialog img')).not.toBeNull()
  expect(server.to(ADDRESS)).toHaveLength(1)
})

it('is not fetched for whoever only looks on until he asks, because each look is written down', async () => {
  const wrapper = await shown()
  expect(server.to(ADDRESS)).toEqual([])

  await wrapper.find('button').trigger('click')
  await flushPromises()

  expect(server.to(ADDRESS)).toHaveLength(1)
  expect(wrapper.find('img').classes()).not.toContain('blurred')
})

it('shows what the rep sent himself without a veil', async () => {
  const wrapper = await shown({ own: true, line: aLine({ ...PICTURE, speaker: 'rep' }) })

  expect(wrapper.find('img').classes()).not.toContain('blurred')
})

it('says when the platform has it no longer', async () => {
  server.on(`GET ${ADDRESS}`, () => problem(404, 'picture_gone'))

  const wrapper = await shown({ own: true })

  expect(wrapper.text()).toBe('图片已过期：微信只保留三天')
})

it('can be asked for again after a failure', async () => {
  server.on(`GET ${ADDRESS}`, () => problem(503, 'wechat_busy'))
  const wrapper = await shown({ own: true })
  expect(wrapper.text()).toContain('点击重试')

  server.on(`GET ${ADDRESS}`, () => new Response(new Blob(['png'])))
  await wrapper.find('button').trigger('click')
  await flushPromises()

  expect(wrapper.find('img').exists()).toBe(true)
})
