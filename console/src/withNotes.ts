/** A chat's lines and its notes as one, in the order of time. */
import type { Line, Note } from './api/types'

export interface Shown {
  line?: Line
  note?: Note
}

/** Notes older than the first line shown wait for that line's page, unless it is the first of all. */
export function withNotes(lines: readonly Line[], notes: readonly Note[], hasEarlier: boolean): Shown[] {
  const first = lines[0]?.at ?? ''
  const fitting = notes.filter((note) => !hasEarlier || note.at >= first)
  const all: Shown[] = [...lines.map((line) => ({ line })), ...fitting.map((note) => ({ note }))]
  return all.sort((a, b) => Date.parse(atOf(a)) - Date.parse(atOf(b)))
}

const atOf = ({ line, note }: Shown): string => line?.at ?? note?.at ?? ''
