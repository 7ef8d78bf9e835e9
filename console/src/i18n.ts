/** The two languages; Chinese unless the person chose English on this computer. */
import { useStorage } from '@vueuse/core'
import { watchEffect } from 'vue'
import { createI18n } from 'vue-i18n'

import { en } from './locales/en'
import { zhCN } from './locales/zh-CN'

export type Language = 'zh-CN' | 'en'

export const language = useStorage<Language>('xinqiao.language', 'zh-CN')

export const i18n = createI18n({
  legacy: false,
  locale: language.value,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN, en },
})

watchEffect(() => {
  i18n.global.locale.value = language.value
  document.documentElement.lang = language.value
})
