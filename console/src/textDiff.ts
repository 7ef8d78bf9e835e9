/** What changed between two texts: lines kept, taken out and put in; and within a changed line, the characters. */

export interface DiffPart {
  kind: 'same' | 'out' | 'in'
  text: string
}

export interface DiffLine {
  kind: 'same' | 'out' | 'in'
  parts: DiffPart[]
}

/** Lines in the order they are read; a line that was rewritten stands as the old and the new one, its changes marked. */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const changes = diff(before, after)
  const lines: DiffLine[] = []
  for (let at = 0; at < changes.length; ) {
    const gone = run(changes, at, 'out')
    const come = run(changes, at + gone.length, 'in')
    if (!gone.length && !come.length) {
      lines.push({ kind: 'same', parts: [{ kind: 'same', text: changes[at]?.text ?? '' }] })
      at += 1
      continue
    }
    lines.push(...rewritten(gone, come))
    at += gone.length + come.length
  }
  return lines
}

/** The characters of two texts. */
export function diffChars(before: string, after: string): DiffPart[] {
  const parts: DiffPart[] = []
  for (const one of diff([...before], [...after])) {
    const last = parts.at(-1)
    if (last?.kind === one.kind) last.text += one.text
    else parts.push({ ...one })
  }
  return parts
}

function rewritten(gone: string[], come: string[]): DiffLine[] {
  const pairs = Math.min(gone.length, come.length)
  const both = gone.slice(0, pairs).map((line, at) => diffChars(line, come[at] ?? ''))
  return [
    ...both.map((parts): DiffLine => ({ kind: 'out', parts: parts.filter((part) => part.kind !== 'in') })),
    ...gone.slice(pairs).map((text): DiffLine => ({ kind: 'out', parts: [{ kind: 'out', text }] })),
    ...both.map((parts): DiffLine => ({ kind: 'in', parts: parts.filter((part) => part.kind !== 'out') })),
    ...come.slice(pairs).map((text): DiffLine => ({ kind: 'in', parts: [{ kind: 'in', text }] })),
  ]
}

function run(changes: DiffPart[], from: number, kind: DiffPart['kind']): string[] {
  const found: string[] = []
  for (let at = from; changes[at]?.kind === kind; at += 1) found.push(changes[at]?.text ?? '')
  return found
}

/** The longest common subsequence, out before in. */
function diff(before: readonly string[], after: readonly string[]): DiffPart[] {
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  const at = (row: number, column: number): number => table[row]?.[column] ?? 0
  for (let row = before.length - 1; row >= 0; row -= 1) {
    const cells = table[row] ?? []
    for (let column = after.length - 1; column >= 0; column -= 1) {
      cells[column] = before[row] === after[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  const parts: DiffPart[] = []
  let [row, column] = [0, 0]
  while (row < before.length || column < after.length) {
    if (row < before.length && column < after.length && before[row] === after[column]) {
      parts.push({ kind: 'same', text: before[row++] ?? '' })
      column += 1
    } else if (row < before.length && (column >= after.length || at(row + 1, column) >= at(row, column + 1))) {
      parts.push({ kind: 'out', text: before[row++] ?? '' })
    } else {
      parts.push({ kind: 'in', text: after[column++] ?? '' })
    }
  }
  return parts
}
