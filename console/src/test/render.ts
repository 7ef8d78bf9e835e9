/** Mounts a component as the app does: with texts and the active store. */
import { mount, type VueWrapper } from '@vue/test-utils'
import { getActivePinia } from 'pinia'
import type { Component } from 'vue'

import { i18n } from '../i18n'

export function render(component: Component, props: Record<string, unknown> = {}): VueWrapper {
  const pinia = getActivePinia()
  return mount(component, { props, global: { plugins: pinia ? [pinia, i18n] : [i18n] }, attachTo: document.body })
}
