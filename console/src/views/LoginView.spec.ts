import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { expect, it } from 'vitest'
import { createMemoryHistory, createRouter, type RouteRecordRaw } from 'vue-router'

import { i18n } from '../i18n'
import { aMe } from '../test/samples'
import { json, Server } from '../test/server'
import LoginView from './LoginView.vue'

const page = { template: '<i />' }
const routes: RouteRecordRaw[] = [
  ...['login', 'desk', 'learn', 'privacy'].map((name) => ({ path: `/${name}`, name, component: page })),
  { path: '/:rest(.*)', redirect: { name: 'desk' } },
]

async function signInAt(path: string, role: 'supervisor' | 'trainer'): Promise<string> {
  new Server().on('POST /api/session', () => json({ csrf_token: 'token-1', user: aMe({ role }) }))
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push(path)
  const pinia = createPinia()
  setActivePinia(pinia)
  const wrapper = mount(LoginView, { global: { plugins: [pinia, i18n, router] } })
  await wrapper.find('input').setValue('staff01')
  await wrapper.find('input[type=password]').setValue('secret')
  await wrapper.find('form').trigger('submit')
  await flushPromises()
  return router.currentRoute.value.fullPath
}

it.each([
  ['/login?next=/privacy', 'supervisor', '/privacy'],
  ['/login?next=/privacy?tab%3Daudit', 'supervisor', '/privacy?tab=audit'],
  ['/login', 'supervisor', '/desk'],
  ['/login', 'trainer', '/learn'],
  ['/login?next=/login', 'trainer', '/learn'],
  ['/login?next=//evil.example', 'supervisor', '/desk'],
  ['/login?next=https://evil.example', 'supervisor', '/desk'],
] as const)('leads from %s, as %s, to %s', async (path, role, wanted) => {
  expect(await signInAt(path, role)).toBe(wanted)
})
