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
    REP_STATUS_CHANGED = "rep.status_changed"
    FOLLOWUP_PROMISED = "followup.promised"
    FOLLOWUP_CLOSED = "followup.closed"
    COMPLAINT_FILED = "complaint.filed"
    COMPLAINT_CHANGED = "complaint.changed"
    COMPLAINT_DUE = "complaint.due"
    COMPLAINT_CLOSED = "complaint.closed"
    PARSE_CORRECTED = "parse.corrected"
    CUSTOMER_CHANGED = "customer.changed"
    KNOWLEDGE_CHANGED = "knowledge.changed"
    DESK_RULES_CHANGED = "desk.rules_changed"
    ROSTER_CHANGED = "roster.changed"
    ALERT_RAISED = "alert.raised"
    ALERT_SEEN = "alert.seen"
    ALERT_CLOSED = "alert.closed"


EVERYBODY = "all"


@dataclass(frozen=True)
class Event:
    """One fact. `audience` is EVERYBODY or a rep's username; `version` is the conversation's after the change."""

    type: EventType
    conversation_id: int | None = None
    version: int | None = None
    audience: str = EVERYBODY
    payload: Mapping[str, Any] = field(default_factory=dict)
