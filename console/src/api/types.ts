/** Short names for the shapes of the API; the shapes themselves are generated (npm run generate). */
import type { components } from './schema'

type Schemas = components['schemas']

export type Me = Schemas['Me']
export type Session = Schemas['SessionOut']
export type HandoffItem = Schemas['HandoffItem']
export type HandoffPage = Schemas['HandoffPage']
/** The client reads pairs as plain lists, so pairs are lists here as well. */
export type Card = Omit<Schemas['Card'], 'slots'> & { slots: string[][] }
export type Handoff = Omit<Schemas['HandoffOut'], 'card'> & { card: Card }
export type Line = Schemas['LineOut']
export type LinesPage = Schemas['LinesPage']
export type Customer = Schemas['CustomerOut']
export type ProductHint = Schemas['ProductHint']
export type Allowance = Schemas['AllowanceOut']
export type Canned = Schemas['CannedOut']
export type Rep = Schemas['RepOut']
export type RepsPage = Omit<Schemas['RepsPage'], 'skills'> & { skills: string[][] }
export type Followup = Schemas['FollowupOut']
export type FollowupsPage = Schemas['FollowupsPage']
export type FollowupSheet = Schemas['FollowupSheet']
export type FollowupStep = Schemas['StepOut']
export type FollowupTree = NonNullable<FollowupStep['tree']>
export type FollowupDone = Schemas['FollowupDoneIn']
export type FollowupOutcome = NonNullable<FollowupDone['outcome']>
export type Attempt = Schemas['AttemptIn']
export type AttemptCode = Attempt['code']
export type Lead = Schemas['LeadOut']
export type LeadsPage = Schemas['LeadsPage']
export type LeadDetail = Schemas['LeadDetail']
export type LeadStage = Lead['stage']
export type LostReason = NonNullable<Lead['lost_reason']>
export type Need = Schemas['NeedOut']
/** Fields that are left out stay as they are. */
export type NeedChange = Partial<Schemas['NeedIn']>
export type Counters = Schemas['CountersOut']
export type Reading = Schemas['ReadingOut']
export type Intent = Schemas['IntentOut']
export type Guess = Schemas['GuessOut']
export type Group = Schemas['GroupOut']
export type GroupText = Schemas['GroupTextOut']
export type GroupsPage = Schemas['GroupsPage']
export type Lesson = Schemas['LessonOut']
export type LessonsPage = Schemas['LessonsPage']
export type LessonState = Lesson['state']
export type LearningFigures = Schemas['FiguresPage']
export type ModelFigures = Schemas['ModelFiguresOut']
export type LearningAct = Schemas['ActOut']
export type Unmasked = Schemas['UnmaskedOut']
export type AuditAct = Schemas['AuditActOut']
export type AuditPage = Schemas['AuditPage']
export type DataRequest = Schemas['DataRequestOut']
export type DataRequestState = DataRequest['state']
export type RequestsPage = Schemas['RequestsPage']
export type DataExport = Schemas['ExportOut']
export type Retention = Schemas['RetentionOut']
export type KnowledgeKind = Schemas['KnowledgeRow']['kind']
export type KnowledgeState = Schemas['KnowledgeRow']['state']
export type KnowledgeRow = Schemas['KnowledgeRow']
export type KnowledgePage = Schemas['KnowledgePage']
export type KnowledgeItem = Schemas['KnowledgeItemOut']
export type KnowledgeVersion = Schemas['VersionOut']
export type KnowledgeDraft = Schemas['VersionIn']
export type KnowledgePreview = Schemas['PreviewOut']
export type Flaw = Schemas['FlawOut']
export type Hit = Schemas['HitOut']
export type RepStatus = Me['status']
export type Outcome = NonNullable<HandoffItem['outcome']>
export type DeclineReason = NonNullable<Schemas['DeclineIn']['reason']>

/** One objection to a rep's words; what only lacks something (require) goes out once he confirms it. */
export type Finding = Schemas['FindingOut']
