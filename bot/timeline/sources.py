"""The tables a timeline is made of, one source each. Another table joins by one more row of SOURCES: what is read,
which moment counts, and how a row becomes an entry. The order of the rows is that of entries at the same moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from bot.campaigns.chunks import Contact
from bot.complaints.model import Complaint
from bot.complaints.notes import ComplaintNote
from bot.customers.model import BankFact, Consent
from bot.customers.remarks import CustomerNote, CustomerTag
from bot.followups.model import Followup, FollowupAttempt
from bot.handoff.customer_scope import referrals_seen_by
from bot.handoff.model import Conversation
from bot.leads.model import Lead, LeadStageChange
from bot.referrals.model import Referral
from bot.staff.model import Role, StaffMember
from bot.timeline.model import EntryKind, EntryPage, Link

Facts = Mapping[str, str | int | bool | None]
# Telling that an account is frozen could warn somebody who must not be warned.
NEVER_TOLD = ("account_frozen", "account_unfrozen")


@dataclass(frozen=True)
class Told:
    """What a row says, before the reader's rights are looked at. `chat`: the conversation whose words they are."""

    facts: Facts
    by: str | None = None
    words: str | None = None
    link: Link | None = None
    chat: int | None = None


@dataclass(frozen=True)
class Source:
    """One table's entries. `id` orders rows of the same moment; `where` narrows to what this reader may know of. Rows
    of a table that does not name its follower belong to whom the row of `through` names, at which they point.
    """

    kind: EntryKind
    what: str
    table: type[Any]
    at: InstrumentedAttribute[Any]
    id: InstrumentedAttribute[Any]
    tell: Callable[[Any], Told]
    where: Callable[[StaffMember], ColumnElement[bool]] = lambda _person: true()
    through: type[Any] | None = None


def _chat(row: Conversation) -> Told:
    facts = {"skill": row.skill, "outcome": row.outcome, "state": row.owner.value, "asked_for": row.reason}
    if row.queued_at is None:
        return Told({"state": "bot"})
    return Told(facts, row.rep, row.outcome_note, Link(EntryPage.DESK, row.id), row.id)


def _rating(row: Conversation) -> Told:
    return Told({"stars": row.rating}, row.rep, None, Link(EntryPage.DESK, row.id), row.id)


def _promised(row: Followup) -> Told:
    facts = {"skill": row.skill, "state": row.state.value, "due_at": row.due_at.isoformat()}
    return Told(facts, row.owner, row.reason, Link(EntryPage.FOLLOWUPS, row.id))


def _kept(row: Followup) -> Told:
    return Told({"skill": row.skill}, row.owner, row.result, Link(EntryPage.FOLLOWUPS, row.id))


def _called(row: FollowupAttempt) -> Told:
    return Told({"code": row.code.value}, row.username, row.note, Link(EntryPage.FOLLOWUPS, row.followup_id))


def _staged(row: LeadStageChange) -> Told:
    return Told({"stage": row.stage.value}, row.actor, row.evidence, Link(EntryPage.LEADS, row.lead_id))


def _filed(row: Complaint) -> Told:
    facts = {"ticket": row.ticket, "due_on": row.due_on.isoformat(), "state": row.state.value}
    return Told(facts, row.handler, row.text, Link(EntryPage.COMPLAINTS, row.id))


def _settled(row: Complaint) -> Told:
    facts = {"ticket": row.ticket, "told_by": row.told_by, "opinion": row.opinion}
    return Told(facts, row.closed_by, row.result, Link(EntryPage.COMPLAINTS, row.id))


def _looked_into(row: ComplaintNote) -> Told:
    return Told({}, row.by, row.text, Link(EntryPage.COMPLAINTS, row.complaint_id))


def _referred(row: Referral) -> Told:
    facts = {"number": row.number, "branch": row.branch, "state": row.state.value, "reason": row.reason.value}
    return Told(facts, row.sent_by, row.ask, Link(EntryPage.REFERRALS, row.id))


def _answered(row: Referral) -> Told:
    facts = {"number": row.number, "branch": row.branch, "state": row.state.value, "name": row.accepted_name}
    return Told(facts, row.accepted_by, row.answer, Link(EntryPage.REFERRALS, row.id))


def _consent(row: Consent) -> Told:
    return Told({"purpose": row.purpose.value, "granted": row.granted, "channel": row.channel})


def _fact(row: BankFact) -> Told:
    return Told({"type": row.type, "amount_fen": row.amount_fen})


def _contacted(row: Contact) -> Told:
    facts = {"campaign_id": row.campaign_id, "name": row.name, "state": row.chunk_state}
    return Told({**facts, "reason": row.reason.value if row.reason else None})


def _note(row: CustomerNote) -> Told:
    return Told({}, row.by, row.text)


def _tag(row: CustomerTag) -> Told:
    return Told({"tag": row.tag, "source": row.source.value, "is_off": row.removed_at is not None}, row.by)


def _not_about(person: StaffMember) -> ColumnElement[bool]:
    if person.role is Role.SUPERVISOR:
        return true()
    return or_(Complaint.about_rep.is_(None), Complaint.about_rep != person.username)


def _closed_not_about(person: StaffMember) -> ColumnElement[bool]:
    return and_(Complaint.closed_at.is_not(None), _not_about(person))


def _handled_by(person: StaffMember) -> ColumnElement[bool]:
    if person.role is Role.SUPERVISOR:
        return or_(Complaint.about_rep.is_(None), Complaint.about_rep != person.username)
    return Complaint.handler == person.username


def _with(condition: ColumnElement[bool]) -> Callable[[StaffMember], ColumnElement[bool]]:
    return lambda _person: condition


SOURCES = (
    Source(EntryKind.CHAT, "chat", Conversation, Conversation.opened_at, Conversation.id, _chat),
    Source(
        EntryKind.RATING,
        "rating",
        Conversation,
        Conversation.rating_asked_at,
        Conversation.id,
        _rating,
        _with(Conversation.rating.is_not(None)),
    ),
    Source(EntryKind.CALL, "followup.promised", Followup, Followup.created_at, Followup.id, _promised),
    Source(EntryKind.CALL, "followup.done", Followup, Followup.done_at, Followup.id, _kept),
    Source(
        EntryKind.CALL,
        "followup.attempt",
        FollowupAttempt,
        FollowupAttempt.at,
        FollowupAttempt.id,
        _called,
        through=Followup,
    ),
    Source(
        EntryKind.LEAD, "lead.stage", LeadStageChange, LeadStageChange.at, LeadStageChange.id, _staged, through=Lead
    ),
    Source(EntryKind.COMPLAINT, "complaint.filed", Complaint, Complaint.filed_at, Complaint.id, _filed, _not_about),
    Source(
        EntryKind.COMPLAINT,
        "complaint.closed",
        Complaint,
        Complaint.closed_at,
        Complaint.id,
        _settled,
        _closed_not_about,
    ),
    Source(
        EntryKind.COMPLAINT,
        "complaint.note",
        ComplaintNote,
        ComplaintNote.at,
        ComplaintNote.id,
        _looked_into,
        _handled_by,
        Complaint,
    ),
    Source(EntryKind.REFERRAL, "referral.sent", Referral, Referral.sent_at, Referral.id, _referred, referrals_seen_by),
    Source(
        EntryKind.REFERRAL,
        "referral.answered",
        Referral,
        Referral.answered_at,
        Referral.id,
        _answered,
        referrals_seen_by,
    ),
    Source(EntryKind.CONSENT, "consent", Consent, Consent.at, Consent.id, _consent),
    Source(
        EntryKind.BANK,
        "bank_fact",
        BankFact,
        BankFact.occurred_at,
        BankFact.event_id,
        _fact,
        _with(BankFact.type.not_in(NEVER_TOLD)),
    ),
    Source(EntryKind.NOTE, "note", CustomerNote, CustomerNote.at, CustomerNote.id, _note),
    Source(EntryKind.NOTE, "tag", CustomerTag, CustomerTag.at, CustomerTag.id, _tag),
    Source(EntryKind.CAMPAIGN, "campaign", Contact, Contact.at, Contact.campaign_id, _contacted),
)
# A person of a branch knows what is between the customer, his branch and the bank, not what was said at the centre.
OF_BRANCHES = frozenset({EntryKind.REFERRAL, EntryKind.BANK, EntryKind.CONSENT})
