/** All intents with their Chinese names, read once; in the order of the product's own list. */
import { ref, type Ref } from 'vue'

import { listIntents } from '../api/learning'
import type { Guess, Intent } from '../api/types'

const intents = ref<Intent[]>([])

/** The list; a failed reading is tried again by whoever needs it next. */
export function useIntents(): Ref<Intent[]> {
  if (intents.value.length === 0) void load()
  return intents
}

/** Those whose Chinese name or id holds the words typed. */
export function findIntents(all: readonly Intent[], typed: string): Intent[] {
  const words = typed.trim().toLowerCase()
  return all.filter((one) => one.label.toLowerCase().includes(words) || one.intent.includes(words))
}

/** The model's guesses in one line: 电子回单 30% · 银企对账 25%. */
export function guessText(guesses: readonly Guess[]): string {
  return guesses.map((one) => `${one.label} ${Math.round(100 * (one.share ?? 0))}%`).join(' · ')
}

async function load(): Promise<void> {
  intents.value = await listIntents().catch(() => intents.value)
}
