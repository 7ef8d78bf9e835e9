/** Light, dark, or as the system has it; remembered in this browser. The colours themselves are in styles.css. */
import { usePreferredDark, useStorage } from '@vueuse/core'
import { computed, type Ref, watchEffect } from 'vue'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const theme = useStorage<Theme>('xinqiao.theme', 'auto')
const prefersDark = usePreferredDark()
export const isDark = computed(() => theme.value === 'dark' || (theme.value !== 'light' && prefersDark.value))

/** Puts the theme on the page and keeps it there; before the first paint, so that nothing flashes. */
export function applyTheme(): void {
  watchEffect(() => document.documentElement.classList.toggle('dark', isDark.value), { flush: 'sync' })
}

export function useTheme(): { theme: Ref<Theme>; next: () => void } {
  /** The following one of the three. */
  function next(): void {
    theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto'
  }

  return { theme, next }
}
