/** Everything the console says, in Chinese; en.ts must have the same keys. */
import { app } from './zh-CN/app'
import { articles } from './zh-CN/articles'
import { audience } from './zh-CN/audience'
import { board } from './zh-CN/board'
import { campaigns } from './zh-CN/campaigns'
import { composer } from './zh-CN/composer'
import { customers } from './zh-CN/customers'
import { desk } from './zh-CN/desk'
import { followups } from './zh-CN/followups'
import { inbox } from './zh-CN/inbox'
import { knowledge } from './zh-CN/knowledge'
import { leads } from './zh-CN/leads'
import { learn } from './zh-CN/learn'
import { privacy } from './zh-CN/privacy'
import { problems } from './zh-CN/problems'
import { quality } from './zh-CN/quality'
import { reports } from './zh-CN/reports'
import { roster } from './zh-CN/roster'
import { routing } from './zh-CN/routing'
import { rules } from './zh-CN/rules'
import { window } from './zh-CN/window'

export const zhCN = {
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

export type Messages = typeof zhCN
