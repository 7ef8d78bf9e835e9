import { expect, it } from 'vitest'

import { fitting, MAX_BYTES, uploadPicture } from './useArticlePicture'
import { json, Server } from '../test/server'

const blob = (bytes: number, type = 'image/png'): Blob => new Blob([new Uint8Array(bytes)], { type })

it('a small picture goes as it is', async () => {
  const server = new Server().on('POST /api/articles/pictures', () => json({ id: 7, url: '/api/articles/pictures/7' }, 201))

  expect(await uploadPicture(blob(3))).toEqual({ id: 7, url: '/api/articles/pictures/7' })
  expect(server.asked[0]?.body).toEqual({ content: 'AAAA' })
})

it('a large one is drawn smaller until it fits', async () => {
  const sides: number[] = []

  const fits = await fitting(blob(MAX_BYTES + 1), (_, side) => {
    sides.push(side)
    return Promise.resolve(blob(side > 900 ? MAX_BYTES + 1 : 5, 'image/jpeg'))
  })

  expect([fits.size, sides]).toEqual([5, [1280, 1080, 800]])
})

it('what is no picture, cannot be drawn or never fits is refused', async () => {
  await expect(fitting(blob(3, 'image/gif'))).rejects.toThrow('kind')
  await expect(fitting(blob(MAX_BYTES + 1), () => Promise.reject(new Error('broken')))).rejects.toThrow('kind')
  await expect(fitting(blob(MAX_BYTES + 1), () => Promise.resolve(blob(MAX_BYTES + 1)))).rejects.toThrow('size')
})
