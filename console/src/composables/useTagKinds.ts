/** The tags that may be given, read once; for the names of those that are on. */
import { type Ref, ref } from 'vue'

import { listTags } from '../api/customers'
import type { TagKind } from '../api/types'

const kinds = ref<TagKind[]>([])

/** The tags; empty until they are there. A failure leaves the last ones. */
export function tagKinds(): Ref<TagKind[]> {
  if (!kinds.value.length) void listTags().then((found) => (kinds.value = found)).catch(() => undefined)
  return kinds
}

/** What a tag is called; its id while the names are not there. */
export function tagLabel(tag: string): string {
  return kinds.value.find((kind) => kind.id === tag)?.label ?? tag
}
