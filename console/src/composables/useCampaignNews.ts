/** Which campaign changed last; pages that show campaigns watch `count` and read theirs anew. */
import { type Ref, readonly, ref } from 'vue'

export interface CampaignNews {
  /** The campaign that changed last; 0 before any did, and when any may have. */
  id: Readonly<Ref<number>>
  /** Grows with every change. */
  count: Readonly<Ref<number>>
  tell(campaignId: number): void
}

const id = ref(0)
const count = ref(0)

export function useCampaignNews(): CampaignNews {
  return {
    id: readonly(id),
    count: readonly(count),
    tell: (campaignId) => {
      id.value = campaignId
      count.value += 1
    },
  }
}
