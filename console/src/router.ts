/** The pages: signing in, the desk with at most one open conversation, and the side pages of stores/me.ts. */
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

import { isSidePage, useMe } from './stores/me'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', name: 'login', component: () => import('./views/LoginView.vue') },
    { path: '/desk/:id(\\d+)?', name: 'desk', component: () => import('./views/DeskView.vue') },
    { path: '/learn', name: 'learn', component: () => import('./views/LearnView.vue') },
    { path: '/privacy', name: 'privacy', component: () => import('./views/PrivacyView.vue') },
    { path: '/knowledge/:kind([a-z]+)?/:key([a-z0-9_]+)?', name: 'knowledge', component: () => import('./views/KnowledgeView.vue') },
    { path: '/:rest(.*)', redirect: { name: 'desk' } },
  ],
})

let restored = false

router.beforeEach(async (to: RouteLocationNormalized) => {
  const me = useMe()
  if (!restored) {
    restored = true
    await me.restore().catch(() => undefined)
  }
  if (to.name !== 'login' && !me.user) return { name: 'login', query: to.path === '/' ? {} : { next: to.fullPath } }
  if (to.name === 'login' && me.user) return { name: me.home }
  // Who has no seat at the desk, or nothing to do on a page, is led to his own.
  if (to.name === 'desk' && me.home !== 'desk') return { name: me.home }
  if (isSidePage(to.name) && !me.mayOpen(to.name)) return { name: me.home }
  return true
})
