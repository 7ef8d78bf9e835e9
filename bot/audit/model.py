"""Who looked at, took out or erased what of a customer, when and why. Rows are only ever added.

The tables' own triggers refuse a change, and a deletion before the shortest keeping time is over; only the sealed
reason may be written again, by the rotation of keys.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, Table, event
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base
from bot.fields import Sealed
from bot.outbox import BIG

# The law's shortest time for records of handling personal data (PIPL Art. 56).
NEVER_DELETED_FOR_DAYS = 1095


class Act(StrEnum):
    """What was done."""

    CONVERSATION_READ = "conversation.read"
    CUSTOMER_READ = "customer.read"
    CUSTOMER_UNMASKED = "customer.unmasked"
    PICTURE_SHOWN = "picture.shown"
    DATA_SHOWN = "data.shown"
    DATA_EXPORTED = "data.exported"
    DATA_ERASED = "data.erased"
    REQUEST_REGISTERED = "data_request.registered"
    REQUEST_REFUSED = "data_request.refused"
    HOLD_SET = "legal_hold.set"
    HOLD_LIFTED = "legal_hold.lifted"
    CONVERSATION_ASSIGNED = "conversation.assigned"
    CONVERSATION_TAKEN_OVER = "conversation.taken_over"
    CONVERSATION_RETURNED = "conversation.returned"
    CONVERSATION_CLOSED = "conversation.closed"
    COMPLAINT_EXPORTED = "complaint.exported"
    TEXTS_EXPORTED = "learning.exported"
    RULES_CHANGED = "desk_rules.changed"
    REP_CHANGED = "rep.changed"
    STATUS_FORCED = "rep.status_forced"
    SHIFTS_CHANGED = "shifts.changed"
    ABSENCE_SET = "absence.set"
    ABSENCE_ENDED = "absence.ended"
    DEDICATED_CHANGED = "customer.dedicated"
    CUSTOMER_MERGED = "customer.merged"
    FOLLOWUP_REASSIGNED = "followup.reassigned"
    FOLLOWUP_PHONE_CHANGED = "followup.phone_changed"
    RECIPIENTS_READ = "recipients.read"
    REPORT_DRILLED = "report.drilled"
    REPORT_EXPORTED = "report.exported"
    ARTICLE_SEALED = "article.sealed"
    ARTICLE_ARCHIVED = "article.archived"
    ARTICLE_UNARCHIVED = "article.unarchived"
    ARTICLE_PREVIEWED = "article.previewed"
    DRAFT_OVERWRITTEN = "article.draft_overwritten"
    DRAFT_TAKEN_BACK = "article.draft_taken_back"
    TESTER_ADDED = "article.tester_added"
    TESTER_REMOVED = "article.tester_removed"
    LIST_UPLOADED = "audience_list.uploaded"
    LIST_COMMITTED = "audience_list.committed"
    LIST_CANCELLED = "audience_list.cancelled"
    LIST_ENDED = "audience_list.ended"
    LIST_EXPORTED = "audience_list.exported"
    SEGMENT_CREATED = "segment.created"
    SEGMENT_CHANGED = "segment.changed"
    SEGMENT_RETIRED = "segment.retired"
    SEGMENT_ASKED = "segment.asked"


class AuditAct(Base):
    """One act. `object_kind` and `object_id` name a row of ours, `request_id` the request in the API's answers; none of
    them tells who the customer is.
    """

    __tablename__ = "audit_acts"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    username: Mapped[str] = mapped_column(index=True)
    act: Mapped[Act]
    object_kind: Mapped[str]
    object_id: Mapped[int | None] = mapped_column(BIG)
    follower_id: Mapped[int | None] = mapped_column(BIG, index=True)
    reason: Mapped[str | None] = mapped_column(Sealed("audit_acts.reason"))
    request_id: Mapped[str | None]


_FIXED = "id, at, username, act, object_kind, object_id, follower_id, request_id"
_REFUSAL = "audit rows are only ever added"
GUARDS = {
    "sqlite": (
        f"""CREATE TRIGGER audit_acts_unchanged BEFORE UPDATE OF {_FIXED} ON audit_acts
            BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
        f"""CREATE TRIGGER audit_acts_kept BEFORE DELETE ON audit_acts
            WHEN OLD.at > datetime('now', '-{NEVER_DELETED_FOR_DAYS} days')
            BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END""",
    ),
    "postgresql": (
        f"""CREATE OR REPLACE FUNCTION audit_acts_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        f"""CREATE TRIGGER audit_acts_unchanged BEFORE UPDATE OF {_FIXED} ON audit_acts
            FOR EACH ROW EXECUTE FUNCTION audit_acts_refuse()""",
        f"""CREATE TRIGGER audit_acts_kept BEFORE DELETE ON audit_acts FOR EACH ROW
            WHEN (OLD.at > now() - interval '{NEVER_DELETED_FOR_DAYS} days') EXECUTE FUNCTION audit_acts_refuse()""",
    ),
}

_table = AuditAct.__table__
assert isinstance(_table, Table)
for _dialect, _statements in GUARDS.items():
    for _statement in _statements:
        event.listen(_table, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
