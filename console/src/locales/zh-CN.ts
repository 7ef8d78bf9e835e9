/** Everything the console says, in Chinese; en.ts must have the same keys. */
import { app } from './zh-CN/app'
import { board } from './zh-CN/board'
import { desk } from './zh-CN/desk'
import { followups } from './zh-CN/followups'
import { knowledge } from './zh-CN/knowledge'
import { learn } from './zh-CN/learn'
import { privacy } from './zh-CN/privacy'
import { problems } from './zh-CN/problems'
import { roster } from './zh-CN/roster'
import { rules } from './zh-CN/rules'
import { routing } from './zh-CN/routing'

export const zhCN = { ...app, ...desk, ...board, ...rules, ...roster, ...routing, ...followups, ...privacy, ...learn, ...knowledge, ...problems }
