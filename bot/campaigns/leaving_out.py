"""Who of an audience may not be sent it, as conditions of SQL, in the order in which one counts (chunks.Reason).

Used when a campaign is planned, when somebody asks what would come of it, and again before each chunk leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
from sqlalchemy.orm import aliased

from bot.campaigns.chunks import Reason
from bot.campaigns.model import MessageClass
from bot.complaints.model import Complaint, ComplaintState
from bot.customers.model import Consent, Follower
from bot.customers.rules import Purpose
from bot.followups.model import Followup, FollowupState
from bot.handoff.model import Conversation, Owner

FRAUD_DESK = "fraud"
WITH_PEOPLE = (Owner.QUEUED, Owner.OFFERED, Owner.ACTIVE)

Where = ColumnElement[bool]


@dataclass(frozen=True)
class Rule:
    """A condition on followers and the reason it is."""

    reason: Reason
    holds: Where


def gone() -> list[Rule]:
    """Who cannot be sent anything at all."""
    return [Rule(Reason.ERASED, Follower.erased_at.is_not(None)), Rule(Reason.NOT_FOLLOWING, ~Follower.is_following)]


def unwilling(kind: MessageClass, agreed: Where) -> list[Rule]:
    """Who did not agree to it, or said no. `agreed`: he ever spoke of marketing; with no standing no, that was a yes.

    bot/customers/consents.py keeps `opted_out_at` exactly while his newest word on marketing is a no.
    """
    if kind is MessageClass.SERVICE:
        return [Rule(Reason.NO_CONSENT, Follower.id.in_(_refused_service()))]
    return [Rule(Reason.OPTED_OUT, Follower.opted_out_at.is_not(None)), Rule(Reason.NO_CONSENT, ~agreed)]


def silenced(kind: MessageClass) -> list[Rule]:
    """Who is in the middle of something in which marketing would be out of place."""
    if kind is MessageClass.SERVICE:
        return []
    return [
        Rule(Reason.FRAUD, Follower.id.in_(_open_fraud())),
        Rule(Reason.COMPLAINT, Follower.id.in_(_open_complaints())),
        Rule(Reason.IN_CHAT, Follower.id.in_(_chats_with_people())),
    ]


def spoke_of_marketing() -> Select[int]:
    """Everybody who ever said anything about marketing, once."""
    return select(Consent.follower_id).where(Consent.purpose == Purpose.MARKETING).distinct()


def has_spoken_of_marketing() -> Where:
    """The same for a few followers, looked up one by one."""
    word = aliased(Consent)
    return select(word.id).where(word.follower_id == Follower.id, word.purpose == Purpose.MARKETING).exists()


def now_rules(kind: MessageClass) -> Sequence[Rule]:
    """What may change between planning and sending."""
    return [*gone(), *unwilling(kind, has_spoken_of_marketing()), *silenced(kind)]


def _refused_service() -> Select[int]:
    later = aliased(Consent)
    is_later = or_(later.at > Consent.at, and_(later.at == Consent.at, later.id > Consent.id))
    overruled = select(later.id).where(
        later.follower_id == Consent.follower_id, later.purpose == Purpose.SERVICE, is_later
    )
    refused = select(Consent.follower_id).where(Consent.purpose == Purpose.SERVICE, ~Consent.granted)
    return refused.where(~overruled.exists())


def _open_fraud() -> Select[int]:
    chats = select(Conversation.follower_id).where(Conversation.skill == FRAUD_DESK, Conversation.owner != Owner.CLOSED)
    calls = select(Followup.follower_id).where(Followup.skill == FRAUD_DESK, Followup.state == FollowupState.OPEN)
    both = union(chats, calls).subquery()
    return select(both.c.follower_id)


def _open_complaints() -> Select[int]:
    return select(Complaint.follower_id).where(Complaint.state == ComplaintState.OPEN)


def _chats_with_people() -> Select[int]:
    return select(Conversation.follower_id).where(Conversation.owner.in_(WITH_PEOPLE))
