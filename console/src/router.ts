/** Two pages: signing in, and the desk with at most one open conversation. */
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

import { useMe } from './stores/me'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', name: 'login', component: () => import('./views/LoginView.vue') },
    { path: '/desk/:id(\\d+)?', name: 'desk', component: () => import('./views/DeskView.vue') },
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
  if (to.name === 'login' && me.user) return { name: 'desk' }
  return true
})
