/** The calls of 图文. All throw ApiProblem or NetworkError. */
import { bodyOf, client } from './client'
import type * as t from './types'

export interface ArticleFilter {
  text: string
  state: t.ArticleState | null
  writer: string | null
  isArchived: boolean
}

const at = (id: number) => ({ params: { path: { id } } })

export const listArticles = ({ text, state, writer, isArchived }: ArticleFilter, cursor: string | null = null): Promise<t.ArticlesPage> => {
  const query = { text, is_archived: isArchived, ...(state && { state }), ...(writer && { writer }), ...(cursor && { cursor }) }
  return bodyOf(client.GET('/api/articles', { params: { query } }))
}
export const getDesk = (): Promise<t.ArticleDesk> => bodyOf(client.GET('/api/articles/desk'))
export const begin = (template: string | null): Promise<t.Article> => bodyOf(client.POST('/api/articles', { body: { template } }))
export const getArticle = (id: number): Promise<t.Article> => bodyOf(client.GET('/api/articles/{id}', at(id)))
export const getVersion = (id: number, number: number): Promise<t.ArticleVersion> =>
  bodyOf(client.GET('/api/articles/{id}/versions/{number}', { params: { path: { id, number } } }))
export const check = (body: t.ArticleWords): Promise<t.ArticleCheck> => bodyOf(client.POST('/api/articles/check', { body }))
export const save = (id: number, words: t.ArticleWords, revision: number): Promise<t.Article> =>
  bodyOf(client.PUT('/api/articles/{id}', { ...at(id), body: { ...words, revision } }))
export const seal = (id: number, revision: number): Promise<t.Article> =>
  bodyOf(client.POST('/api/articles/{id}/seal', { ...at(id), body: { revision } }))
export const restore = (id: number, number: number, revision: number): Promise<t.Article> =>
  bodyOf(client.POST('/api/articles/{id}/restore', { ...at(id), body: { number, revision } }))
export const duplicate = (id: number): Promise<t.Article> => bodyOf(client.POST('/api/articles/{id}/duplicate', at(id)))
export const keepAsTemplate = (id: number): Promise<t.Article> => bodyOf(client.POST('/api/articles/{id}/template', at(id)))
export const archive = (id: number, is_archived: boolean): Promise<t.Article> =>
  bodyOf(client.POST('/api/articles/{id}/archive', { ...at(id), body: { is_archived } }))
export const addPicture = (content: string): Promise<{ id: number; url: string }> =>
  bodyOf(client.POST('/api/articles/pictures', { body: { content } }))

export const keepDraft = (id: number): Promise<t.ArticleVersion> => bodyOf(client.POST('/api/article-versions/{id}/draft', at(id)))
export const lookAtDraft = (id: number): Promise<t.ArticleVersion> => bodyOf(client.POST('/api/article-versions/{id}/draft/look', at(id)))
export const overwriteDraft = (id: number): Promise<t.ArticleVersion> =>
  bodyOf(client.POST('/api/article-versions/{id}/draft/overwrite', at(id)))
export const takeDraftBack = (id: number, revision: number): Promise<t.ArticleVersion> =>
  bodyOf(client.POST('/api/article-versions/{id}/draft/take-back', { ...at(id), body: { revision } }))
export const sendPreview = (id: number, testers: number[]): Promise<t.ArticlePreviews> =>
  bodyOf(client.POST('/api/article-versions/{id}/preview', { ...at(id), body: { testers } }))
export const listTesters = (): Promise<t.ArticleTesters> => bodyOf(client.GET('/api/article-testers'))
export const addTester = (openid: string, label: string): Promise<t.ArticleTesters> =>
  bodyOf(client.POST('/api/article-testers', { body: { openid, label } }))
export const removeTester = (id: number): Promise<unknown> => bodyOf(client.DELETE('/api/article-testers/{id}', at(id)))

/** Where a picture of articles is shown. */
export const pictureUrl = (id: number): string => `/api/articles/pictures/${id}`
