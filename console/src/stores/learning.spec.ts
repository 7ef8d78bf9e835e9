import { expect, it } from 'vitest'

import { aGroup, aLesson } from '../test/samples'
import { json, problem, Server } from '../test/server'
import { useLearning } from './learning'

const FIGURES = { items: [], lessons: { proposed: 2 } }

function aServer(): Server {
  return new Server()
    .on('GET /api/learning/figures', () => json(FIGURES))
    .on('GET /api/learning/groups', () => json({ items: [aGroup()], is_cut: true }))
    .on('GET /api/learning/lessons', () => json({ items: [aLesson()], next: 7 }))
}

it('shows groups, then the lessons of another tab', async () => {
  const server = aServer()
  const learning = useLearning()

  await learning.open('groups')
  expect([learning.groups.length, learning.isCut, learning.counts.proposed]).toEqual([1, true, 2])

  await learning.open('proposed')
  expect([learning.groups.length, learning.lessons[0]?.id, learning.next]).toEqual([0, 7, 7])
  expect(server.to('/api/learning/lessons')[0]?.search).toBe('?state=proposed')
})

it('keeps the tab the person went to when an earlier one answers late', async () => {
  let answerGroups: (found: Response) => void = () => undefined
  aServer().on('GET /api/learning/groups', () => new Promise((resolve) => (answerGroups = resolve)))
  const learning = useLearning()

  const slow = learning.open('groups')
  await learning.open('proposed')
  answerGroups(json({ items: [aGroup()], is_cut: false }))
  await slow

  expect([learning.tab, learning.groups.length, learning.lessons.length]).toEqual(['proposed', 0, 1])
})

it('adds the next page behind the first', async () => {
  const server = aServer()
  const learning = useLearning()
  await learning.open('proposed')
  server.on('GET /api/learning/lessons', () => json({ items: [aLesson({ id: 3 })], next: null }))

  await learning.more()

  expect(learning.lessons.map((one) => one.id)).toEqual([7, 3])
  expect(server.to('/api/learning/lessons')[1]?.search).toBe('?state=proposed&before=7')
})

it('takes a lesson off the list when its step is done, and leaves it when not', async () => {
  aServer()
  const learning = useLearning()
  await learning.open('proposed')

  await expect(learning.step(7, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(learning.lessons).toHaveLength(1)

  await learning.step(7, () => Promise.resolve(aLesson({ state: 'approved' })))
  expect(learning.lessons).toHaveLength(0)
})

it('reads the list anew after a decision, and not after a refused one', async () => {
  const server = aServer().on('POST /api/learning/lessons', () => problem(409, 'lesson_state_conflict'))
  const learning = useLearning()
  const body = { decision: 'ignore' as const, utterances: [{ parse_id: 5, text: '那个单子' }] }

  await expect(learning.decide(body)).rejects.toThrow('lesson_state_conflict')
  expect(server.to('/api/learning/groups')).toHaveLength(0)

  server.on('POST /api/learning/lessons', () => json({ items: [], next: null }, 201))
  await learning.decide(body)
  expect(server.to('/api/learning/groups')).toHaveLength(1)
})
