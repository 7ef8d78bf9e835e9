import { beforeEach, expect, it } from 'vitest'

import { aKnowledgeItem, aKnowledgeRow, aVersion } from '../test/samples'
import { json, Server } from '../test/server'
import { basisOf, useKnowledge } from './knowledge'

const PAGE = { items: [aKnowledgeRow()], next: 50, total: 60, waiting: 1 }
let server: Server

beforeEach(() => {
  server = new Server()
    .on('GET /api/knowledge/items', () => json(PAGE))
    .on('GET /api/knowledge/items/faq/jd_card', () => json(aKnowledgeItem()))
})

it('finds by kind, state and words', async () => {
  await useKnowledge().find({ kind: 'faq', state: 'submitted', text: '京东' })

  const query = new URLSearchParams(server.asked[0]?.search)
  expect([query.get('kind'), query.get('state'), query.get('text')]).toEqual(['faq', 'submitted', '京东'])
  expect(useKnowledge()).toMatchObject({ total: 60, waiting: 1, isLoaded: true })
})

it('appends the next page', async () => {
  const knowledge = useKnowledge()
  await knowledge.find()
  server.on('GET /api/knowledge/items', () => json({ ...PAGE, items: [aKnowledgeRow({ key: 'b' })], next: null }))

  await knowledge.more()
  await knowledge.more()

  expect(knowledge.rows.map((row) => row.key)).toEqual(['jd_card', 'b'])
  expect(server.asked).toHaveLength(2)
})

it('shows the answer to the last letter, whichever comes last', async () => {
  const knowledge = useKnowledge()
  let late: (answer: Response) => void = () => undefined
  server.on('GET /api/knowledge/items', () => new Promise((resolve) => (late = resolve)))
  const first = knowledge.find({ text: '京' })
  server.on('GET /api/knowledge/items', () => json({ ...PAGE, total: 1 }))

  await knowledge.find({ text: '京东' })
  late(json({ ...PAGE, total: 99 }))
  await first

  expect(knowledge.total).toBe(1)
})

it('reads item and list anew after a step', async () => {
  const knowledge = useKnowledge()
  await knowledge.show('faq', 'jd_card')
  expect(knowledge.open?.number).toBe(2)
  server.on('GET /api/knowledge/items/faq/jd_card', () => json(aKnowledgeItem({ versions: [aVersion({ state: 'approved' })] })))

  await knowledge.step(() => Promise.resolve())

  expect(knowledge.open).toBeNull()
  expect(knowledge.isLoaded).toBe(true)
})

it('starts a new version from the open one, else from the newest', () => {
  const [draft, live] = [aVersion({ number: 3, state: 'draft' }), aVersion({ number: 4, state: 'approved' })]

  expect(basisOf(aKnowledgeItem({ versions: [live, draft] }))).toBe(draft)
  expect(basisOf(aKnowledgeItem({ versions: [live] }))).toBe(live)
  expect(basisOf(aKnowledgeItem({ versions: [] }))).toBeNull()
})
