"""Which chats are looked at, what the machine finds in one, how marks become a score. Pure.

The form and the words come from config/quality.yml.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.quality.model import Mark
from bot.transcripts.model import Speaker

SAMPLE_OF = 10_000
WORTH = {Mark.GOOD: 1.0, Mark.PART: 0.5, Mark.FAIL: 0.0}
FULL = 100


class Rule(StrEnum):
    """What the machine looks for."""

    FIRST_REPLY = "first_reply"
    FRAUD_TIP = "fraud_tip"
    WORDING = "wording"
    IDENTITY_ONCE = "identity_once"
    ANSWERED = "answered"
    ANNUAL_RATE = "annual_rate"


@dataclass(frozen=True)
class Item:
    """One line of the form. A fatal one that fails makes the score 0; `finding` is the machine's word beside it."""

    id: str
    name: str
    weight: int
    hint: str
    is_fatal: bool
    finding: Rule | None


@dataclass(frozen=True)
class Words:
    """What the machine knows chats by."""

    fraud_tips: tuple[str, ...]
    asks_identity: tuple[str, ...]
    farewells: tuple[str, ...]
    annual_rate: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """The form and the sampling. `sample_bp` of 10,000 chats are looked at whatever happened in them; `low_rating` and
    less always; a rep may appeal for `appeal_days`.
    """

    version: int
    owner: str
    sample_bp: int
    low_rating: int
    first_reply_s: int
    appeal_days: int
    items: tuple[Item, ...]
    words: Words


@dataclass(frozen=True)
class Said:
    """One line of a chat as the machine reads it; `confirmed`: it went out though the rep was told what it lacked."""

    speaker: Speaker
    kind: str
    text: str
    at: datetime
    confirmed: bool


@dataclass(frozen=True)
class Chat:
    """A closed chat. `products` are the names of products that ask for a rate beside them."""

    accepted_at: datetime
    needs_fraud_tip: bool
    lines: Sequence[Said]
    products: Sequence[str]


def is_sampled(conversation_id: int, salt: str, sample_bp: int) -> bool:
    """Whether chance picks this chat: the same answer for ever, and not to be foreseen without the salt."""
    digest = hmac.new(salt.encode(), str(conversation_id).encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8]) % SAMPLE_OF < sample_bp


def findings_of(chat: Chat, form: Form) -> dict[str, bool]:
    """What the machine says of a chat, by rule; a rule the chat gave no occasion for is left out."""
    served = [line for line in chat.lines if line.at >= chat.accepted_at]
    own = [line for line in served if line.speaker is Speaker.REP]
    words, found = form.words, {}
    waited_s = (own[0].at - chat.accepted_at).total_seconds() if own else None
    found[Rule.FIRST_REPLY] = waited_s is not None and waited_s <= form.first_reply_s
    if chat.needs_fraud_tip:
        found[Rule.FRAUD_TIP] = any(_has(line.text, words.fraud_tips) for line in served if _is_ours(line))
    if own:
        found[Rule.WORDING] = not any(line.confirmed for line in own)
    asked = sum(_has(line.text, words.asks_identity) for line in own)
    if asked:
        found[Rule.IDENTITY_ONCE] = asked == 1
    found[Rule.ANSWERED] = _is_answered(served, words.farewells)
    if any(line.kind == "text" and _has(line.text, chat.products) for line in own):
        found[Rule.ANNUAL_RATE] = any(_has(line.text, words.annual_rate) for line in own)
    return {rule.value: is_good for rule, is_good in found.items()}


def score_of(items: Sequence[Item], marks: Mapping[str, Mark]) -> tuple[int, bool]:
    """The points of 100 and whether a fatal item failed; what did not apply counts for nothing."""
    if any(item.is_fatal and marks[item.id] is Mark.FAIL for item in items):
        return 0, True
    counted = [item for item in items if marks[item.id] is not Mark.NOT_APPLICABLE]
    whole = sum(item.weight for item in counted)
    reached = sum(item.weight * WORTH[marks[item.id]] for item in counted)
    return (round(FULL * reached / whole) if whole else FULL), False


def _is_answered(lines: Sequence[Said], farewells: Sequence[str]) -> bool:
    """Whether the last word is ours, or is a farewell of the customer."""
    spoken = [line for line in lines if line.speaker in (Speaker.CUSTOMER, Speaker.REP)]
    if not spoken or spoken[-1].speaker is Speaker.REP:
        return bool(spoken)
    bare = re.sub(r"[\W_]+", "", spoken[-1].text)
    left = bare
    for farewell in sorted(farewells, key=len, reverse=True):
        left = left.replace(farewell, "")
    return not left


def _is_ours(line: Said) -> bool:
    return line.speaker in (Speaker.REP, Speaker.BOT)


def _has(text: str, words: Sequence[str]) -> bool:
    return any(all(part in text for part in word.split("+")) for word in words)
