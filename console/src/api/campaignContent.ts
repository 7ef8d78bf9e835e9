/** What a push is put together from: sealed articles and segments; and whom somebody asks about. */
import { bodyOf, client } from './client'
import type { ArticleRow, ArticleVersion, ArticleVersionRow, AudiencePerson, Segment, SegmentPage } from './types'

export const listArticles = async (text: string): Promise<ArticleRow[]> =>
  (await bodyOf(client.GET('/api/articles', { params: { query: { text } } }))).items
/** The versions that may be sent, newest first. */
export const listSealed = async (articleId: number): Promise<ArticleVersionRow[]> =>
  (await bodyOf(client.GET('/api/articles/{id}', { params: { path: { id: articleId } } }))).versions.filter((one) => one.state === 'sealed')
export const getVersion = (versionId: number): Promise<ArticleVersion> =>
  bodyOf(client.GET('/api/article-versions/{id}', { params: { path: { id: versionId } } }))
/** All segments, the newest first. */
export async function listSegments(): Promise<Segment[]> {
  const found: Segment[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: SegmentPage = await bodyOf(client.GET('/api/audience/segments', { params: { query: { after, limit: 100 } } }))
    found.push(...page.items)
    after = page.next
  }
  return found
}
export const findFollowers = async (text: string): Promise<AudiencePerson[]> =>
  (await bodyOf(client.GET('/api/audience/followers', { params: { query: { text } } }))).items
