/** The article that is open: its words as they are being written, what the server says of them, and what is done with it. */
import { useDebounceFn } from '@vueuse/core'
import { computed, type ComputedRef, type Ref, ref, watch } from 'vue'

import * as api from '../api/articles'
import type { Article, ArticleCheck, ArticleWords } from '../api/types'
import { wordsOf } from '../articles'

const TYPED_MS = 500

export interface OpenArticle {
  article: Ref<Article>
  words: Ref<ArticleWords>
  found: Ref<ArticleCheck | null>
  isChanged: ComputedRef<boolean>
  /** The revision the words were written over: 0 while every version is sealed. */
  revision: ComputedRef<number>
  isSealed: ComputedRef<boolean>
  take: (article: Article) => void
  save: () => Promise<void>
  seal: () => Promise<void>
  restore: (number: number) => Promise<void>
  reload: () => Promise<void>
}

export function useArticle(first: Article): OpenArticle {
  const article = ref(first)
  const words = ref(wordsOf(first.newest))
  const found = ref<ArticleCheck | null>(null)
  const kept = ref(JSON.stringify(words.value))
  const isChanged = computed(() => JSON.stringify(words.value) !== kept.value)
  const isSealed = computed(() => article.value.newest.state === 'sealed')
  const revision = computed(() => (isSealed.value ? 0 : article.value.newest.revision))
  let asked = 0

  async function check(): Promise<void> {
    const mine = ++asked
    const answer = await api.check(words.value).catch(() => null)
    // Whoever types on gets the answer to the last letter, whichever comes last.
    if (mine === asked && answer) found.value = answer
  }

  const checkLater = useDebounceFn(check, TYPED_MS)
  watch(words, () => void checkLater(), { deep: true })
  void check()

  /** Show an article as the server has it. */
  function take(next: Article): void {
    article.value = next
    words.value = wordsOf(next.newest)
    kept.value = JSON.stringify(words.value)
  }

  async function save(): Promise<void> {
    take(await api.save(article.value.id, words.value, revision.value))
  }

  async function seal(): Promise<void> {
    if (isChanged.value) await save()
    take(await api.seal(article.value.id, article.value.newest.revision))
  }

  return {
    article,
    words,
    found,
    isChanged,
    revision,
    isSealed,
    take,
    save,
    seal,
    restore: async (number) => take(await api.restore(article.value.id, number, revision.value)),
    reload: async () => take(await api.getArticle(article.value.id)),
  }
}
