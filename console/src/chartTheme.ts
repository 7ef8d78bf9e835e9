/** The colours charts are drawn with: the page's own tokens, read anew when the theme changes. */

const TOKENS = ['ink', 'ink-2', 'ink-3', 'line', 'surface', 'sunken', 'brand', 'brand-soft', 'info', 'warn', 'ok', 'bad'] as const
export type ChartTokens = Record<(typeof TOKENS)[number], string>

export function readTokens(): ChartTokens {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(TOKENS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as ChartTokens
}

/** What every chart has in common. */
export function frameOf(tokens: ChartTokens): Record<string, unknown> {
  return {
    animationDuration: 200,
    color: [tokens.brand, tokens.info, tokens.warn, tokens.ok, tokens.bad, tokens['ink-3']],
    textStyle: { color: tokens['ink-2'], fontFamily: 'inherit' },
    tooltip: {
      trigger: 'axis',
      backgroundColor: tokens.surface,
      borderColor: tokens.line,
      textStyle: { color: tokens.ink, fontSize: 12.5 },
      confine: true,
    },
    grid: { left: 8, right: 16, top: 34, bottom: 4, containLabel: true },
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 8, itemGap: 16, textStyle: { color: tokens['ink-2'] } },
  }
}

/** An axis in the page's colours. */
export const axisOf = (tokens: ChartTokens, more: Record<string, unknown>): Record<string, unknown> => ({
  axisLine: { lineStyle: { color: tokens.line } },
  axisTick: { show: false },
  axisLabel: { color: tokens['ink-3'] },
  splitLine: { lineStyle: { color: tokens.line } },
  ...more,
})

/** Call back whenever the page's theme changes; returns how to stop. */
export function onThemeChange(react: () => void): () => void {
  const watcher = new MutationObserver(react)
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'data-theme', 'style'] })
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  scheme.addEventListener('change', react)
  return () => {
    watcher.disconnect()
    scheme.removeEventListener('change', react)
  }
}
