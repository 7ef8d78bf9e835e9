/** One's own roster: the shift, and for whom one stands in; read when the desk opens and when a roster changes. */
import { type Ref, readonly, ref } from 'vue'

import { getDuty } from '../api/rosters'
import type { Duty } from '../api/types'

const duty = ref<Duty | null>(null)

/** Read it; a failure leaves the last one. */
export async function loadDuty(): Promise<void> {
  duty.value = (await getDuty().catch(() => undefined)) ?? duty.value
}

export function useDuty(): Readonly<Ref<Duty | null>> {
  return readonly(duty) as Readonly<Ref<Duty | null>>
}
