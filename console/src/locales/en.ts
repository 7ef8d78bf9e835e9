/** English for everything in zh-CN.ts; the type makes sure that no key is missing. */
import { app } from './en/app'
import { desk } from './en/desk'
import { followups } from './en/followups'
import { inbox } from './en/inbox'
import { knowledge } from './en/knowledge'
import { learn } from './en/learn'
import { privacy } from './en/privacy'
import { problems } from './en/problems'

export const en = { ...app, ...desk, ...followups, ...inbox, ...privacy, ...learn, ...knowledge, ...problems }
