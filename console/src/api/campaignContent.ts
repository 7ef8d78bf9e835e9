/** What a campaign is put together from: sealed articles, and segments. */
import { bodyOf, client } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

export type ArticleChoice = Schemas['ArticleRow']
export type ArticleVersionRow = Schemas['ArticleVersionRow']
export type ArticleVersion = Schemas['ArticleVersionOut']

export const listArticles = async (text: string): Promise<ArticleChoice[]> =>
  (await bodyOf(client.GET('/api/articles', { params: { query: { text } } }))).items
/** The versions that may be sent, newest first. */
export const listSealed = async (articleId: number): Promise<ArticleVersionRow[]> =>
  (await bodyOf(client.GET('/api/articles/{id}', { params: { path: { id: articleId } } }))).versions.filter((one) => one.state === 'sealed')
export const getVersion = (versionId: number): Promise<ArticleVersion> =>
  bodyOf(client.GET('/api/articles/versions/{id}', { params: { path: { id: versionId } } }))
export const pictureUrl = (id: number): string => `/api/articles/pictures/${id}`
