"""Who may hear what, and what a follower has agreed to. Pure decisions, asked by every flow that tells a fact and by
whoever contacts a follower unasked.

Levels: L0 visitor, L1 follower, L2 phone verified by the bank, L3 bound by the bank to a firm (JR/T 0171: facts of an
account are told to L3 only).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class IdentityLevel(IntEnum):
    """How sure we are who writes. Facts of an account need BOUND; general knowledge needs none."""

    VISITOR = 0
    FOLLOWER = 1
    PHONE_VERIFIED = 2
    BOUND = 3


class Telling(StrEnum):
    """What an answer gives away about whoever asks."""

    KNOWLEDGE = "knowledge"
    PERSONAL_DATA = "personal_data"
    FIRM = "firm"
    BANK_PHONE = "bank_phone"
    ACCOUNT = "account"
    POINTS = "points"
    LOANS = "loans"


# The whole table: what is not in it cannot be told.
NEEDS: Mapping[Telling, IdentityLevel] = {
    Telling.KNOWLEDGE: IdentityLevel.VISITOR,  # products, rates, steps, rules: the same for everybody
    Telling.PERSONAL_DATA: IdentityLevel.PHONE_VERIFIED,  # what we keep about him (查我的信息)
    Telling.FIRM: IdentityLevel.BOUND,  # that the bank knows him, and as acting for which firm
    Telling.BANK_PHONE: IdentityLevel.BOUND,  # that the bank holds a number to call
    Telling.ACCOUNT: IdentityLevel.BOUND,  # accounts, balances, operators, certificates
    Telling.POINTS: IdentityLevel.BOUND,
    Telling.LOANS: IdentityLevel.BOUND,  # applications, limits, due days
}


def may_hear(level: IdentityLevel, telling: Telling) -> bool:
    """True when somebody of this level may be told this."""
    return level >= NEEDS[telling]


class Purpose(StrEnum):
    """What a follower may allow, one by one; refusing any leaves the service he asks for whole."""

    SERVICE = "service"
    MARKETING = "marketing"
    PROFILING = "profiling"
    CALLS = "calls"
    SMS = "sms"


# 退订 and the like end marketing on every channel at once (C16); service notices go on.
MARKETING_STOP = (Purpose.MARKETING, Purpose.CALLS, Purpose.SMS)


@dataclass(frozen=True)
class Standing:
    """A follower's present word on one purpose, since when, and under which text."""

    purpose: Purpose
    granted: bool
    at: datetime
    text_version: str


def present(words: Iterable[Standing]) -> dict[Purpose, Standing]:
    """The newest word on each purpose, from words in the order they were kept; of two at once the later kept counts."""
    found: dict[Purpose, Standing] = {}
    for word in words:
        before = found.get(word.purpose)
        if before is None or word.at >= before.at:
            found[word.purpose] = word
    return found


def allows(standing: Mapping[Purpose, Standing], purpose: Purpose) -> bool:
    """True when he may be contacted for this purpose: everything needs a yes, but service notices only no refusal."""
    word = standing.get(purpose)
    return word.granted if word is not None else purpose is Purpose.SERVICE
