/**
 * Keeps the page's lists true. Events name rows: those are asked for by number, a few times a second at most, and put in
 * their places; only what no event can tell (a gap, half a minute's silence) makes it read lists anew.
 */
import { useThrottleFn } from '@vueuse/core'

import { useDesk } from '../stores/desk'
import { useInbox } from '../stores/inbox'

/** As many rows as the server gives by number in one answer; a storm of more is cheaper read as lists. */
const AT_ONCE = 50

export interface Lists {
  versionOf: (id: number) => number | undefined
  rowChanged: (id: number) => void
  refresh: () => void
}

export function useLists(everyMs: number): Lists {
  const desk = useDesk()
  const inbox = useInbox()
  const named = new Set<number>()

  const readRows = useThrottleFn(readNamed, everyMs, true)

  function readNamed(): void {
    const ids = [...named]
    named.clear()
    if (ids.length > AT_ONCE) return refresh()
    if (ids.length === 0) return
    void desk.patch(ids)
    if (inbox.isLoaded) void inbox.patch(ids)
  }

  function refresh(): void {
    void desk.refresh()
    if (inbox.isLoaded) void inbox.refresh()
  }

  function rowChanged(id: number): void {
    named.add(id)
    void readRows()
  }

  /** The older of what two lists show: neither may stay behind. */
  function versionOf(id: number): number | undefined {
    const known = [desk.versionOf(id), inbox.versionOf(id)].filter((version) => version !== undefined)
    return known.length > 0 ? Math.min(...known) : undefined
  }

  return { versionOf, rowChanged, refresh }
}
