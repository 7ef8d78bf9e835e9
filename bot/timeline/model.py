"""One thing that happened with a customer, whatever table holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.timeline.merging import Number, Place


class EntryKind(StrEnum):
    """What a timeline can be narrowed to."""

    CHAT = "chat"
    CALL = "call"
    LEAD = "lead"
    BANK = "bank"
    COMPLAINT = "complaint"
    REFERRAL = "referral"
    CONSENT = "consent"
    RATING = "rating"
    NOTE = "note"
    CAMPAIGN = "campaign"


class EntryPage(StrEnum):
    """The page of the console on which an entry's thing is."""

    DESK = "desk"
    COMPLAINTS = "complaints"
    REFERRALS = "referrals"
    FOLLOWUPS = "followups"
    LEADS = "leads"


@dataclass(frozen=True)
class Link:
    """Where an entry leads."""

    page: EntryPage
    id: int


@dataclass(frozen=True)
class Entry:
    """One entry. `what` is the fact's name (complaint.filed), `facts` its codes and figures, `words` what was written,
    for whoever may read it; `by` a username.
    """

    kind: EntryKind
    what: str
    place: Place
    follower_id: int
    by: str | None = None
    words: str | None = None
    facts: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    link: Link | None = None

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.place.at

    @property
    def id(self) -> Number:
        """The row's number in its own table."""
        return self.place.id
