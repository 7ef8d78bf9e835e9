/** Three pages: signing in, the desk with at most one open conversation, and what the model is to learn. */
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

import { useMe } from './stores/me'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', name: 'login', component: () => import('./views/LoginView.vue') },
    { path: '/desk/:id(\\d+)?', name: 'desk', component: () => import('./views/DeskView.vue') },
    { path: '/learn', name: 'learn', component: () => import('./views/LearnView.vue') },
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
  // Who has no seat at the desk, or nothing to teach, is led to his own page.
  if ((to.name === 'desk' && me.home === 'learn') || (to.name === 'learn' && me.user && !me.teaches)) return { name: me.home }
  return true
})
