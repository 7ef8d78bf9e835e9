/** Who is behind a username: names of the desk's people, read once when the desk opens. */
import { computed, ref } from 'vue'

import { listReps } from '../api/desk'

const names = ref(new Map<string, string>())

/** Everybody who serves customers. */
export const colleagues = computed(() => [...names.value].map(([username, display_name]) => ({ username, display_name })))

/** Read the names; a failure leaves the last ones. */
export async function loadColleagues(): Promise<void> {
  const page = await listReps().catch(() => undefined)
  if (page) names.value = new Map(page.items.map((rep) => [rep.username, rep.display_name]))
}

/** The name of a colleague; his username while the names are not there. */
export function colleagueName(username: string): string {
  return names.value.get(username) ?? username
}
