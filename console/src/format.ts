/** Durations and wall-clock times as the desk shows them. */

const ZONE = 'Asia/Shanghai'
const DAY_S = 86_400

const pad = (value: number): string => String(value).padStart(2, '0')

/** "mm:ss", and "hh:mm" from one hour on. Negative counts as nothing left. */
export function formatCountdown(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole >= 3600) return `${pad(Math.floor(whole / 3600))}:${pad(Math.floor((whole % 3600) / 60))}`
  return `${pad(Math.floor(whole / 60))}:${pad(whole % 60)}`
}

/** Time waited: "mm:ss" up to an hour, then "h:mm:ss", so that minutes never look like hours. */
export function formatWait(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const tail = `${pad(Math.floor((whole % 3600) / 60))}:${pad(whole % 60)}`
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${tail}` : tail
}

/** Seconds from one moment (ISO) to another (ms). */
export function secondsSince(at: string, nowMs: number): number {
  return (nowMs - Date.parse(at)) / 1000
}

/** "14:05" today, "11-23 14:05" on another day, in the bank's zone. */
export function formatMoment(at: string, nowMs: number): string {
  const time = parts(new Date(at))
  const today = parts(new Date(nowMs))
  return time.day === today.day ? time.clock : `${time.day.slice(5)} ${time.clock}`
}

/** Yuan with thousands separators, in 万 from ten thousand on; amounts come in fen. */
export function formatYuan(fen: number): string {
  const yuan = fen / 100
  if (yuan < 10_000) return yuan.toLocaleString('zh-CN', { maximumFractionDigits: 2 })
  return `${(yuan / 10_000).toLocaleString('zh-CN', { maximumFractionDigits: 1 })}万`
}

export type WaitTone = 'calm' | 'warm' | 'hot'

/** The colour of a waiting time: under 20 s, under 60 s, longer. */
export function waitTone(seconds: number): WaitTone {
  if (seconds < 20) return 'calm'
  return seconds < 60 ? 'warm' : 'hot'
}

/** Whether an allowance is about to lapse. */
export const isSoon = (seconds: number): boolean => seconds < DAY_S / 24

function parts(date: Date): { day: string; clock: string } {
  const text = date.toLocaleString('sv-SE', { timeZone: ZONE })
  return { day: text.slice(0, 10), clock: text.slice(11, 16) }
}

const WEEKDAY = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, weekday: 'short' })

/** "今天15:00", "明天10:00", "周三（12-02）10:00": as one says it on the phone. */
export function dayText(at: string, nowMs: number): string {
  const date = new Date(at)
  const { day, clock } = parts(date)
  const days = Math.round((Date.parse(day) - Date.parse(parts(new Date(nowMs)).day)) / (DAY_S * 1000))
  if (days === 0) return `今天${clock}`
  return days === 1 ? `明天${clock}` : `${WEEKDAY.format(date)}（${day.slice(5)}）${clock}`
}

/** "明天上午10点", "周三下午3点半": a time as it is said to a customer. */
export function spokenTime(at: string, nowMs: number): string {
  const [day = '', clock = ''] = [dayText(at, nowMs).replace(/（.*）/, '').slice(0, -5), parts(new Date(at)).clock]
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  const half = hour < 12 ? '上午' : '下午'
  const rest = minute === 0 ? '' : minute === 30 ? '半' : `${minute}分`
  return `${day}${half}${hour > 12 ? hour - 12 : hour}点${rest}`
}
