import { expect, it } from 'vitest'

import { cut, json, Server } from '../test/server'
import { colleagueName, loadColleagues } from './useColleagues'

it('knows the names of colleagues, and keeps them when the server is away', async () => {
  const server = new Server()
  server.on('GET /api/reps', () => json({ items: [{ username: 'rep02', display_name: '小周' }], skills: [] }))
  expect(colleagueName('rep02')).toBe('rep02')

  await loadColleagues()
  server.on('GET /api/reps', cut)
  await loadColleagues()

  expect(colleagueName('rep02')).toBe('小周')
})
