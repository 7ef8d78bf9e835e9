/** English for everything in zh-CN.ts; the type makes sure that no key is missing. */
import { app } from './en/app'
import { board } from './en/board'
import { desk } from './en/desk'
import { followups } from './en/followups'
import { knowledge } from './en/knowledge'
import { learn } from './en/learn'
import { privacy } from './en/privacy'
import { problems } from './en/problems'
import { roster } from './en/roster'
import { rules } from './en/rules'
import { routing } from './en/routing'

export const en = { ...app, ...desk, ...board, ...rules, ...roster, ...routing, ...followups, ...privacy, ...learn, ...knowledge, ...problems }
