import 'element-plus/theme-chalk/dark/css-vars.css'
import './styles.css'

import { createPinia } from 'pinia'
import { createApp } from 'vue'

import App from './App.vue'
import { applyTheme } from './composables/useTheme'
import { i18n } from './i18n'
import { router } from './router'

applyTheme()
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
