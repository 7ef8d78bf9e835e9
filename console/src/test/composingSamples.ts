/** Valid rows of what stands beside the composer; each test overrides what it is about. */
import type { LookedUp, Mention, Note, Suggestion } from '../api/types'
import { at } from './samples'

export function aSuggestion(over: Partial<Suggestion> = {}): Suggestion {
  return {
    source: 'answer.e_receipt',
    kind: 'answer',
    version: 2,
    title: '电子回单',
    text: '登录企业网银，在“账户管理”里下载回单。',
    card: null,
    why: 'intent',
    about: '电子回单',
    ...over,
  }
}

export function aNote(over: Partial<Note> = {}): Note {
  return {
    id: 5,
    conversation_id: 1,
    author: 'rep02',
    author_name: '小孙',
    text: '已核实本人',
    whispered_to: null,
    mentions: [],
    at: at(-30),
    ...over,
  }
}

export function aMention(over: Partial<Mention> = {}): Mention {
  return {
    id: 9,
    conversation_id: 4,
    label: '王女士',
    by: 'rep02',
    by_name: '小孙',
    text: '@小钱 帮看一下抵押',
    at: at(-30),
    is_read: false,
    is_readable: true,
    ...over,
  }
}

export function aLookedUp(over: Partial<LookedUp> = {}): LookedUp {
  return {
    kind: 'faq',
    key: 'invoice_fees',
    version: 1,
    title: '手续费发票',
    text: '可以开，请到网点。',
    is_ready: true,
    card: null,
    origin: '运营部',
    until: null,
    regions: [],
    figures: null,
    fit: null,
    withheld: null,
    ...over,
  }
}
