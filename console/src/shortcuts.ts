/**
 * Every key of the desk: one row each, from which the keys are heard (composables/useShortcuts.ts) and the sheet is drawn
 * (ShortcutSheet.vue). Letters are read by place (`code`), because Alt changes them on some keyboards.
 */
export type Group = 'lists' | 'offer' | 'chat' | 'writing' | 'everywhere'

export interface Shortcut {
  readonly group: Group
  readonly keys: readonly string[]
  /** Alt with this key, heard also while one writes. */
  readonly alt?: RegExp
  /** Without Alt: this key by its sign, heard only where nothing is written. */
  readonly plain?: readonly string[]
  /** Ctrl or ⌘ with this key. */
  readonly control?: string
  /** The control that carries `data-key` of this name is pressed. */
  readonly press?: string
}

const rows = {
  nextRow: { group: 'lists', keys: ['J', '↓'], plain: ['j'] },
  previousRow: { group: 'lists', keys: ['K', '↑'], plain: ['k'] },
  openRow: { group: 'lists', keys: ['Enter'] },
  goTo: { group: 'lists', keys: ['Alt', '1…9'], alt: /^Digit([1-9])$/ },
  nextUnanswered: { group: 'lists', keys: ['Alt', 'N'], alt: /^KeyN$/ },
  search: { group: 'lists', keys: ['/', 'Ctrl+K', '⌘K'], plain: ['/'], control: 'k' },
  filter: { group: 'lists', keys: ['Alt', 'F'], alt: /^KeyF$/, press: 'filter' },
  accept: { group: 'offer', keys: ['Alt', 'A'], alt: /^KeyA$/ },
  acceptByEnter: { group: 'offer', keys: ['Enter'], plain: ['Enter'] },
  decline: { group: 'offer', keys: ['Alt', 'W'], alt: /^KeyW$/, press: 'decline' },
  take: { group: 'chat', keys: ['Alt', 'E'], alt: /^KeyE$/, press: 'take' },
  reply: { group: 'chat', keys: ['Alt', 'R'], alt: /^KeyR$/ },
  transfer: { group: 'chat', keys: ['Alt', 'T'], alt: /^KeyT$/, press: 'transfer' },
  close: { group: 'chat', keys: ['Alt', 'C'], alt: /^KeyC$/, press: 'close' },
  info: { group: 'chat', keys: ['Alt', 'I'], alt: /^KeyI$/, press: 'info' },
  send: { group: 'writing', keys: ['Enter'] },
  newline: { group: 'writing', keys: ['Shift', 'Enter'] },
  canned: { group: 'writing', keys: ['/'] },
  suggestion: { group: 'writing', keys: ['Alt', 'J / K / L'] },
  noSuggestion: { group: 'writing', keys: ['Alt', '0'] },
  knowledge: { group: 'writing', keys: ['Alt', 'S'] },
  note: { group: 'writing', keys: ['Alt', 'M'] },
  mention: { group: 'writing', keys: ['@'] },
  picture: { group: 'writing', keys: ['Alt', 'P', 'Ctrl+V'] },
  status: { group: 'everywhere', keys: ['Alt', 'O'], alt: /^KeyO$/ },
  theme: { group: 'everywhere', keys: ['Alt', 'B'], alt: /^KeyB$/, press: 'theme' },
  escape: { group: 'everywhere', keys: ['Esc'] },
  sheet: { group: 'everywhere', keys: ['?'], plain: ['?'] },
} satisfies Record<string, Shortcut>

export type ShortcutName = keyof typeof rows
export const SHORTCUTS: Readonly<Record<ShortcutName, Shortcut>> = rows
export const SHORTCUT_NAMES = Object.keys(rows) as ShortcutName[]
export const GROUPS: readonly Group[] = ['lists', 'offer', 'chat', 'writing', 'everywhere']

/** Those that stand in the sheet but are heard where they act: by the list's row, the composer, and every dialog. */
export const HEARD_ELSEWHERE: readonly ShortcutName[] = [
  'openRow', 'send', 'newline', 'canned', 'suggestion', 'noSuggestion', 'knowledge', 'note', 'mention', 'picture', 'escape',
]
