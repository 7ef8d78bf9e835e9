/** Mounts a component that links to other pages, without a router. */
import { mount, RouterLinkStub, type VueWrapper } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import type { Component } from 'vue'

import { i18n } from '../i18n'

export function mountWithLinks(component: Component, props: Record<string, unknown> = {}): VueWrapper {
  const pinia = getActivePinia()
  const plugins = pinia ? [pinia, i18n] : [i18n]
  return mount(component, { props, global: { plugins, stubs: { RouterLink: RouterLinkStub } }, attachTo: document.body })
}
