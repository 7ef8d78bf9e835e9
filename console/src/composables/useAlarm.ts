/** Makes sure an offer is noticed: a sound until it is answered, the tab's title, a desktop notification. */
import { useStorage } from '@vueuse/core'
import { onScopeDispose, type Ref, ref, watch } from 'vue'

const RING_EVERY_MS = 2000
const NOTES_HZ = [660, 880]
const soundOn = useStorage('xinqiao.sound', true)
const permission = ref<Permission>(permissionNow())
let audio: AudioContext | undefined

/** Beyond what the browser was told: it cannot show any, or only on pages it trusts. */
export type Permission = NotificationPermission | 'unsupported' | 'insecure'

export interface AlarmSettings {
  soundOn: Ref<boolean>
  permission: Ref<Permission>
  askPermission: () => Promise<void>
  test: (title: string, body: string) => void
}

/** The settings as they stand now: the person may have changed them in the browser's own pages. */
export function useAlarmSettings(): AlarmSettings {
  permission.value = permissionNow()
  void watchPermission()
  return { soundOn, permission, askPermission, test }
}

export interface Call {
  id: number
  title: string
  body: string
}

/** Ring while `ringing` names something; `unread` is what the title counts. */
export function useAlarm(options: {
  ringing: Readonly<Ref<Call | null>>
  unread: Readonly<Ref<number>>
  name: Readonly<Ref<string>>
}): void {
  let ring: ReturnType<typeof setInterval> | undefined

  watch(
    () => options.ringing.value?.id,
    () => {
      clearInterval(ring)
      const call = options.ringing.value
      if (!call) return
      beep()
      notify(call.title, call.body)
      ring = setInterval(beep, RING_EVERY_MS)
    },
    { immediate: true },
  )
  watch(
    [options.ringing, options.unread, options.name],
    () => {
      const [call, count] = [options.ringing.value, options.unread.value]
      document.title = call ? `【${call.title}】${options.name.value}` : count ? `(${count}) ${options.name.value}` : options.name.value
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearInterval(ring)
    document.title = options.name.value
  })
}

/** Sound and notification once, for something that waits without ringing on. */
export function callAttention(title: string, body: string): void {
  beep()
  notify(title, body)
}

function permissionNow(): Permission {
  if (window.isSecureContext === false) return 'insecure'
  return typeof Notification === 'undefined' ? 'unsupported' : Notification.permission
}

async function watchPermission(): Promise<void> {
  const status = await navigator.permissions?.query({ name: 'notifications' }).catch(() => undefined)
  if (status) status.onchange = () => (permission.value = permissionNow())
}

async function askPermission(): Promise<void> {
  if (permission.value === 'default') permission.value = await Notification.requestPermission()
}

function test(title: string, body: string): void {
  beep()
  notify(title, body, true)
}

function beep(): void {
  if (!soundOn.value || typeof AudioContext === 'undefined') return
  const context = (audio ??= new AudioContext())
  void context.resume()
  NOTES_HZ.forEach((hertz, index) => play(context, hertz, context.currentTime + index * 0.18))
}

function play(context: AudioContext, hertz: number, at: number): void {
  const tone = new OscillatorNode(context, { frequency: hertz, type: 'sine' })
  const volume = new GainNode(context, { gain: 0 })
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.25, at + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.16)
  tone.connect(volume).connect(context.destination)
  tone.start(at)
  tone.stop(at + 0.18)
}

function notify(title: string, body: string, always = false): void {
  if (permission.value !== 'granted' || (!always && document.visibilityState === 'visible')) return
  const note = new Notification(title, { body, tag: 'xinqiao-offer' })
  note.addEventListener('click', () => window.focus())
}
