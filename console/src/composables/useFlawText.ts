/** What stands against a push, in the reader's words. */
import { useI18n } from 'vue-i18n'

import type { CampaignFlaw } from '../api/types'

export function useFlawText(): (flaw: CampaignFlaw) => string {
  const { t, te } = useI18n()
  return ({ place, reason, words }) => {
    const said = te(`campaignEdit.articleFlaw.${words}`) ? t(`campaignEdit.articleFlaw.${words}`) : words
    return te(`campaignEdit.flaw.${reason}`) ? t(`campaignEdit.flaw.${reason}`, { words: said }) : t('campaignEdit.flaw.other', { place, words: reason })
  }
}
