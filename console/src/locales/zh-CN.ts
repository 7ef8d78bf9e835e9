/** Everything the console says, in Chinese; en.ts must have the same keys. */
import { app } from './zh-CN/app'
import { desk } from './zh-CN/desk'
import { followups } from './zh-CN/followups'
import { inbox } from './zh-CN/inbox'
import { knowledge } from './zh-CN/knowledge'
import { learn } from './zh-CN/learn'
import { privacy } from './zh-CN/privacy'
import { problems } from './zh-CN/problems'

export const zhCN = { ...app, ...desk, ...followups, ...inbox, ...privacy, ...learn, ...knowledge, ...problems }
