/** How a rep may say that a matter ended; `expired` is the system's own. */
import type { Outcome } from './api/types'

export const OUTCOMES: readonly Outcome[] = ['solved', 'applied', 'drawn', 'redeemed', 'logged_in', 'followup', 'referred', 'unsolved', 'no_reply']
