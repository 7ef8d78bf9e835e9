/** English for everything in zh-CN.ts; the type makes sure that no key is missing. */
import { app } from './en/app'
import { articles } from './en/articles'
import { audience } from './en/audience'
import { board } from './en/board'
import { campaigns } from './en/campaigns'
import { composer } from './en/composer'
import { customers } from './en/customers'
import { desk } from './en/desk'
import { followups } from './en/followups'
import { inbox } from './en/inbox'
import { knowledge } from './en/knowledge'
import { leads } from './en/leads'
import { learn } from './en/learn'
import { privacy } from './en/privacy'
import { problems } from './en/problems'
import { quality } from './en/quality'
import { reports } from './en/reports'
import { roster } from './en/roster'
import { routing } from './en/routing'
import { rules } from './en/rules'
import { window } from './en/window'
import type { Messages } from './zh-CN'

export const en: Messages = {
  ...app,
  ...articles,
  ...audience,
  ...board,
  ...campaigns,
  ...composer,
  ...customers,
  ...desk,
  ...followups,
  ...inbox,
  ...knowledge,
  ...leads,
  ...learn,
  ...privacy,
  ...problems,
  ...quality,
  ...reports,
  ...roster,
  ...routing,
  ...rules,
  ...window,
}
