/** Mounts a component at an address of the console; its views are left out. */
import { mount, type VueWrapper } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import type { Component } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'

import { i18n } from '../i18n'
import { PAGE_NAMES, PAGES } from '../pages'

export interface Mounted {
  wrapper: VueWrapper
  router: Router
}

export async function renderAt(path: string, component: Component, props: Record<string, unknown> = {}): Promise<Mounted> {
  const empty = { render: () => null }
  const routes = PAGE_NAMES.map((name) => ({ path: PAGES[name].path, name, component: empty }))
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push(path)
  const pinia = getActivePinia()
  const plugins = pinia ? [pinia, i18n, router] : [i18n, router]
  return { wrapper: mount(component, { props, global: { plugins }, attachTo: document.body }), router }
}
