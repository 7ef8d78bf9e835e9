// Times as WeChat writes them above a message, always Beijing time; the virtual clock decides what is "yesterday".

let offsetMs = 0;

export function setOffset(seconds) {
  offsetMs = seconds * 1000;
}

export const now = () => new Date(Date.now() + offsetMs);

const parts = (when, options) => new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", ...options }).format(when);
const clock = (when) => parts(when, { hour: "2-digit", minute: "2-digit", hour12: false });
const day = (when) => parts(when, { year: "numeric", month: "numeric", day: "numeric" });

export function timeLabel(when) {
  const today = now();
  if (day(when) === day(today)) return clock(when);
  if (day(when) === day(new Date(today - 86_400_000))) return `昨天 ${clock(when)}`;
  return `${parts(when, { month: "long", day: "numeric" })} ${clock(when)}`;
}

export const fullTime = (when) => `${parts(when, { month: "numeric", day: "numeric", weekday: "short" })} ${clock(when)}`;
