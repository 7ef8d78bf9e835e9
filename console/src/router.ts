/** Signing in, and the pages of pages.ts: each person is led to one of his own. */
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'

import { PAGE_NAMES, PAGES, type PageName } from './pages'
import { useMe } from './stores/me'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', name: 'login', component: () => import('./views/LoginView.vue') },
    ...PAGE_NAMES.map((name) => ({ path: PAGES[name].path, name, component: PAGES[name].view })),
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
  // Who has nothing to do on a page is led to his own.
  if (isPage(to.name) && to.name !== me.home && !me.mayOpen(to.name)) return { name: me.home }
  return true
})

function isPage(name: unknown): name is PageName {
  return PAGE_NAMES.some((page) => page === name)
}
