/**
 * The pages of the console, in the order of the rail: which roles have something to do on each, and its view. A new page
 * is a row here and a name under `pages` in locales/.
 */
import {
  Aim,
  ChatLineRound,
  Collection,
  Connection,
  DataAnalysis,
  DataLine,
  Document,
  Key,
  Medal,
  Monitor,
  Operation,
  Phone,
  Promotion,
  School,
  TrendCharts,
  User,
  Warning,
} from '@element-plus/icons-vue'
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
  followups: { path: '/followups/:id(\\d+)?', roles: ['rep', 'supervisor'], icon: Phone, view: () => import('./views/FollowupsView.vue') },
  leads: { path: '/leads/:id(\\d+)?', roles: ['rep', 'supervisor'], icon: TrendCharts, view: () => import('./views/LeadsView.vue') },
  // Before the customers: it is where a person of a branch starts.
  referrals: { path: '/referrals', roles: ['rep', 'supervisor', 'branch'], icon: Connection, view: () => import('./views/ReferralView.vue') },
  customers: { path: '/customers/:id(\\d+)?', roles: ['rep', 'supervisor', 'branch'], icon: User, view: () => import('./views/CustomerView.vue') },
  complaints: { path: '/complaints/:id(\\d+)?', roles: ['rep', 'supervisor'], icon: Warning, view: () => import('./views/ComplaintView.vue') },
  board: { path: '/board', roles: ['supervisor'], icon: Monitor, view: () => import('./views/BoardView.vue') },
  rules: { path: '/rules', roles: ['supervisor'], icon: Operation, view: () => import('./views/RulesView.vue') },
  quality: { path: '/quality/:id(\\d+)?', roles: ['rep', 'supervisor'], icon: Medal, view: () => import('./views/QualityView.vue') },
  learn: { path: '/learn', roles: ['trainer', 'supervisor'], icon: School, view: () => import('./views/LearnView.vue') },
  // Before the reports: it is where whoever writes or reviews starts.
  knowledge: {
    path: '/knowledge/:kind([a-z]+)?/:key([a-z0-9_]+)?',
    roles: ['marketer', 'supervisor', 'reviewer'],
    icon: Collection,
    view: () => import('./views/KnowledgeView.vue'),
  },
  articles: { path: '/articles/:id(\\d+)?', roles: ['marketer', 'reviewer', 'supervisor'], icon: Document, view: () => import('./views/ArticlesView.vue') },
  // Before the audiences: it is where an admin starts.
  privacy: { path: '/privacy', roles: ['admin', 'supervisor'], icon: Key, view: () => import('./views/PrivacyView.vue') },
  audience: { path: '/audience', roles: ['marketer', 'reviewer', 'supervisor', 'admin', 'branch'], icon: Aim, view: () => import('./views/AudienceView.vue') },
  campaigns: {
    path: '/campaigns/:id(\\d+)?',
    roles: ['marketer', 'reviewer', 'supervisor', 'admin'],
    icon: Promotion,
    view: () => import('./views/CampaignsView.vue'),
  },
  results: { path: '/results/:id(\\d+)?', roles: ['marketer', 'reviewer', 'supervisor', 'admin'], icon: DataAnalysis, view: () => import('./views/ResultView.vue') },
  reports: { path: '/reports', roles: ['supervisor', 'marketer', 'admin'], icon: DataLine, view: () => import('./views/ReportView.vue') },
} satisfies Record<string, Page>

export type PageName = keyof typeof rows

export const PAGES: Readonly<Record<PageName, Page>> = rows
export const PAGE_NAMES = Object.keys(rows) as PageName[]

/** The pages a role may open, in the order of the rail. */
export function pagesOf(role: Role): PageName[] {
  return PAGE_NAMES.filter((name) => PAGES[name].roles.includes(role))
}
