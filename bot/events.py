"""Facts that happened, for the desk's screens and for reports. Rows of the outbox carry them; api/event_stream.py
sends them.

The payload never holds message text: a screen that needs it reads it under its own rights.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class EventType(StrEnum):
    """Names the console maps to handlers; past tense."""

    HANDOFF_OPENED = "handoff.opened"
    HANDOFF_OFFERED = "handoff.offered"
    OFFER_WITHDRAWN = "handoff.offer_withdrawn"
    HANDOFF_ACCEPTED = "handoff.accepted"
    HANDOFF_REQUEUED = "handoff.requeued"
    HANDOFF_TRANSFERRED = "handoff.transferred"
    HANDOFF_ASSIGNED = "handoff.assigned"
    HANDOFF_RETURNED = "handoff.returned"
    HANDOFF_CLOSED = "handoff.closed"
    HANDOFF_WRAPPED = "handoff.wrapped"
    REPLY_DUE = "handoff.reply_due"
    DEDICATED_PASSED_OVER = "handoff.dedicated_passed_over"
    LINE_ADDED = "line.added"
    DELIVERY_CHANGED = "delivery.changed"
    ALLOWANCE_CHANGED = "allowance.changed"
    ALLOWANCE_CLOSING = "allowance.closing"
    REP_STATUS_CHANGED = "rep.status_changed"
    FOLLOWUP_PROMISED = "followup.promised"
    FOLLOWUP_CHANGED = "followup.changed"
    FOLLOWUP_MISSED = "followup.missed"
    FOLLOWUP_UNREACHABLE = "followup.unreachable"
    FOLLOWUP_BRANCH_WANTED = "followup.branch_wanted"
    FOLLOWUP_CLOSED = "followup.closed"
    LEAD_CHANGED = "lead.changed"
    COMPLAINT_FILED = "complaint.filed"
    COMPLAINT_CHANGED = "complaint.changed"
    COMPLAINT_DUE = "complaint.due"
    COMPLAINT_CLOSED = "complaint.closed"
    REFERRAL_SENT = "referral.sent"
    REFERRAL_CHANGED = "referral.changed"
    REFERRAL_LATE = "referral.late"
    PARSE_CORRECTED = "parse.corrected"
    CUSTOMER_CHANGED = "customer.changed"
    KNOWLEDGE_CHANGED = "knowledge.changed"
    CAMPAIGN_CHANGED = "campaign.changed"
    VIEWERS_CHANGED = "viewers.changed"
    DESK_RULES_CHANGED = "desk.rules_changed"
    ROSTER_CHANGED = "roster.changed"
    QUALITY_CHANGED = "quality.changed"
    ALERT_RAISED = "alert.raised"
    ALERT_SEEN = "alert.seen"
    ALERT_CLOSED = "alert.closed"
    NOTE_ADDED = "note.added"
    NOTE_MENTIONED = "note.mentioned"
    MENTIONS_READ = "mentions.read"


EVERYBODY = "all"
SUPERVISORS = "supervisors"
# Who has to do with mass sends.
CAMPAIGNERS = "campaigners"


@dataclass(frozen=True)
class Event:
    """One fact. `audience` is one of those above, or a username; `version` is the conversation's after the change.

    Of a conversation's fact EVERYBODY means: whom the conversation concerns (bot/handoff/hearing.py). A `rep`
    or `former` in the payload always hears of it: it was offered or given to him, or taken from him.
    """

    type: EventType
    conversation_id: int | None = None
    version: int | None = None
    audience: str = EVERYBODY
    payload: Mapping[str, Any] = field(default_factory=dict)
