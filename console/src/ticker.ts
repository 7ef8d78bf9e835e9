/** One tick a second for the whole page, also while the tab is hidden; without workers a plain timer serves. */

const listeners = new Set<() => void>()
let started = false

/** Call `listener` every second until the returned function is called. */
export function everySecond(listener: () => void): () => void {
  listeners.add(listener)
  start()
  return () => listeners.delete(listener)
}

function start(): void {
  if (started) return
  started = true
  const tick = (): void => listeners.forEach((listener) => listener())
  if (typeof Worker === 'undefined') {
    setInterval(tick, 1000)
    return
  }
  const worker = new Worker(new URL('./ticker.worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('message', tick)
}
