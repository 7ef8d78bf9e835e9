/** Cuts a text at the excerpts a wording rule objects to. */

export interface Piece {
  text: string
  marked: boolean
}

/** The text in pieces, in order; each place an excerpt occurs is marked. */
export function markExcerpts(text: string, excerpts: readonly string[]): Piece[] {
  const wanted = excerpts.filter((excerpt) => excerpt.length > 0).sort((a, b) => b.length - a.length)
  const pieces: Piece[] = []
  let plain = ''
  for (let at = 0; at < text.length; ) {
    const hit = wanted.find((excerpt) => text.startsWith(excerpt, at))
    if (!hit) {
      plain += text.charAt(at++)
      continue
    }
    if (plain) pieces.push({ text: plain, marked: false })
    plain = ''
    pieces.push({ text: hit, marked: true })
    at += hit.length
  }
  return plain ? [...pieces, { text: plain, marked: false }] : pieces
}
