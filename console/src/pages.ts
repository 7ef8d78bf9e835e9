/**
 * The pages of the console, in the order of the rail: which roles have something to do on each, and its view. A new page
 * is a row here and a name under `pages` in locales/.
 */
import { ChatLineRound, Collection, DataLine, Key, Medal, School } from '@element-plus/icons-vue'
import type { Component } from 'vue'

import type { Me } from './api/types'

export type Role = Me['role']

export interface Page {
  readonly path: string
  readonly roles: readonly Role[]
  readonly icon: Component
  readonly view: () => Promise<unknown>
}

const rows = {
  desk: { path: '/desk/:id(\\d+)?', roles: ['rep', 'supervisor'], icon: ChatLineRound, view: () => import('./views/DeskView.vue') },
  reports: { path: '/reports', roles: ['supervisor', 'marketer', 'admin'], icon: DataLine, view: () => import('./views/ReportView.vue') },
  quality: { path: '/quality/:id(\\d+)?', roles: ['rep', 'supervisor'], icon: Medal, view: () => import('./views/QualityView.vue') },
  learn: { path: '/learn', roles: ['trainer', 'supervisor'], icon: School, view: () => import('./views/LearnView.vue') },
  knowledge: {
    path: '/knowledge/:kind([a-z]+)?/:key([a-z0-9_]+)?',
    roles: ['marketer', 'supervisor', 'reviewer'],
    icon: Collection,
    view: () => import('./views/KnowledgeView.vue'),
  },
  privacy: { path: '/privacy', roles: ['admin', 'supervisor'], icon: Key, view: () => import('./views/PrivacyView.vue') },
} satisfies Record<string, Page>

export type PageName = keyof typeof rows

export const PAGES: Readonly<Record<PageName, Page>> = rows
export const PAGE_NAMES = Object.keys(rows) as PageName[]

/** The pages a role may open, in the order of the rail. */
export function pagesOf(role: Role): PageName[] {
  return PAGE_NAMES.filter((name) => PAGES[name].roles.includes(role))
}
