/** Everything the console says, in Chinese; en.ts must have the same keys. */
import { app } from './zh-CN/app'
import { desk } from './zh-CN/desk'
import { followups } from './zh-CN/followups'
import { knowledge } from './zh-CN/knowledge'
import { learn } from './zh-CN/learn'
import { privacy } from './zh-CN/privacy'
import { problems } from './zh-CN/problems'
import { quality } from './zh-CN/quality'
import { reports } from './zh-CN/reports'

export const zhCN = { ...app, ...desk, ...followups, ...privacy, ...learn, ...knowledge, ...problems, ...reports, ...quality }
