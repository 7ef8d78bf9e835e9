"""Facts the bank reports: signed, fresh, each kept once.

X-Bank-Signature is the hex HMAC-SHA256 of `timestamp + "." + body` under BANK_EVENTS_SECRET; X-Bank-Timestamp is in
unix seconds.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.bootstrap import Bot
from bot.customers.model import IdentityFact
from bot.customers.rules import Purpose
from bot.dialogue.aftercare import BankNews
from bot.dialogue.bindings import IdentityNews, Word

FRESH_S = 300


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("PostgreSQL keeps no text with NUL in it")
    return text


Id = Annotated[str, Field(max_length=64), AfterValidator(_without_nul)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,32}$")]


class NewsData(BaseModel):
    """What a fact is about; facts the product does not use yet may carry more."""

    model_config = ConfigDict(extra="ignore")

    amount_fen: Annotated[int, Field(ge=0, le=10**15)] | None = None
    due_on: Annotated[str, Field(max_length=32), AfterValidator(_without_nul)] | None = None
    stage: Name | None = None
    purpose: Purpose | None = None
    granted: bool | None = None
    text_version: Name | None = None
    channel: Name | None = None


class NewsIn(BaseModel):
    """One fact as the bank sends it."""

    model_config = ConfigDict(extra="forbid")

    event_id: Annotated[Id, Field(min_length=1)]
    type: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    firm_id: Id | None = None
    openid: Id | None = None
    occurred_at: AwareDatetime
    data: NewsData = NewsData()

    @model_validator(mode="after")
    def _is_whole(self) -> "NewsIn":
        if self.type not in set(IdentityFact):
            return self
        needed = [self.openid]
        if self.type == IdentityFact.BOUND:
            needed.append(self.firm_id)
        if self.type == IdentityFact.CONSENT and self.word is None:
            needed.append(None)
        if not all(needed):
            raise ValueError("lacks what this type of fact is about")
        return self

    @property
    def word(self) -> Word | None:
        """The consent it is about, or None."""
        data = self.data
        if data.purpose is None or data.granted is None or data.text_version is None or data.channel is None:
            return None
        return Word(data.purpose, data.granted, data.text_version, data.channel)


def bank_routes(bot: Bot) -> Blueprint:
    """POST /bank/events."""
    routes = Blueprint("bank", __name__)

    @routes.post("/bank/events")
    def take_fact() -> tuple[Response, int]:
        body = request.get_data(cache=False)
        if not _is_signed(bot.settings.bank_events_secret, body, bot.clock.now()):
            return jsonify(code="forbidden"), 403
        try:
            fact = NewsIn.model_validate_json(body)
        except ValidationError as error:
            return jsonify(code="invalid_input", places=[list(found["loc"]) for found in error.errors()]), 400
        identity = _identity(fact)
        is_new = bot.bindings.take(identity) if identity is not None else bot.aftercare.take_news(_news(fact))
        return jsonify(result="taken" if is_new else "known"), 200

    return routes


def _is_signed(secret: str, body: bytes, now: datetime) -> bool:
    stamp = request.headers.get("X-Bank-Timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or abs(now.timestamp() - int(stamp)) > FRESH_S:
        return False
    expected = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), request.headers.get("X-Bank-Signature", "").encode())


def _news(fact: NewsIn) -> BankNews:
    facts: dict[str, Any] = fact.model_dump(exclude={"data"})
    return BankNews(**facts, amount_fen=fact.data.amount_fen, due_on=fact.data.due_on, stage=fact.data.stage)


def _identity(fact: NewsIn) -> IdentityNews | None:
    if fact.type not in set(IdentityFact):
        return None
    kind = IdentityFact(fact.type)
    word = fact.word if kind is IdentityFact.CONSENT else None
    return IdentityNews(fact.event_id, kind, fact.openid or "", fact.firm_id, word, fact.occurred_at)
