import { ref } from 'vue'
import { beforeEach, expect, it } from 'vitest'

import { anItem } from '../test/samples'
import { json, Server } from '../test/server'
import { usePagedHandoffs } from './usePagedHandoffs'

let server: Server

beforeEach(() => {
  server = new Server()
  server.on('GET /api/handoffs', ({ search }) =>
    search.includes('cursor=abc')
      ? json({ items: [anItem({ id: 1 })], next: null })
      : json({ items: [anItem({ id: 2 })], next: 'abc' }),
  )
})

it('appends the page the cursor names', async () => {
  const { items, next, reload, more } = usePagedHandoffs(ref('closed'))
  await reload()
  await more()

  expect(items.value.map((item) => item.id)).toEqual([2, 1])
  expect(next.value).toBeNull()
})

it('drops an answer for a filter that was changed meanwhile', async () => {
  const state = ref<'active' | 'closed'>('active')
  const { items, reload } = usePagedHandoffs(state)
  const reading = reload()

  state.value = 'closed'
  await reading

  expect(items.value).toEqual([])
})
