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
export type Hold = Schemas['HoldOut']
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

export type CustomerRow = Schemas['CustomerRow']
export type CustomersPage = Schemas['CustomersPage']
export type Profile = Schemas['ProfileOut']
export type CustomerTag = Schemas['TagOut']
export type TagKind = Schemas['TagKindOut']
export type TagSource = CustomerTag['source']
/** Pairs are lists, as in Card. */
export type BankPoints = Omit<Schemas['PointsOut'], 'expiring'> & { expiring: (string | number)[][] }
export type BankFacts = Omit<Schemas['BankOut'], 'points'> & { points: BankPoints | null }
export type TimelineEntry = Schemas['EntryOut']
export type TimelineKind = TimelineEntry['kind']
export type TimelinePage = Schemas['TimelinePage']
export type Referral = Schemas['ReferralOut']
export type ReferralState = Referral['state']
export type ReferralReason = Referral['reason']
export type ReferralsPage = Schemas['ReferralsPage']
export type Complaint = Schemas['ComplaintRow']
export type ComplaintState = Complaint['state']
export type ComplaintsPage = Schemas['ComplaintRows']
export type ComplaintDetail = Schemas['ComplaintDetail']
export type ToldBy = NonNullable<Complaint['told_by']>
export type Dossier = Schemas['DossierOut']
