/** English for everything in zh-CN.ts; the type makes sure that no key is missing. */
import { app } from './en/app'
import { desk } from './en/desk'
import { followups } from './en/followups'
import { knowledge } from './en/knowledge'
import { learn } from './en/learn'
import { privacy } from './en/privacy'
import { problems } from './en/problems'
import { quality } from './en/quality'
import { reports } from './en/reports'

export const en = { ...app, ...desk, ...followups, ...privacy, ...learn, ...knowledge, ...problems, ...reports, ...quality }
