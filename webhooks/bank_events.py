"""Facts the bank reports: signed, fresh, each kept once.

X-Bank-Signature is the hex HMAC-SHA256 of `timestamp + "." + body` under BANK_EVENTS_SECRET; X-Bank-Timestamp is in
unix seconds.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bot.bootstrap import Bot
from bot.dialogue.aftercare import BankNews

FRESH_S = 300


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("PostgreSQL keeps no text with NUL in it")
    return text


Id = Annotated[str, Field(max_length=64), AfterValidator(_without_nul)]


class NewsData(BaseModel):
    """What a fact is about; facts the product does not use yet may carry more."""

    model_config = ConfigDict(extra="ignore")

    amount_fen: Annotated[int, Field(ge=0, le=10**15)] | None = None
    due_on: Annotated[str, Field(max_length=32), AfterValidator(_without_nul)] | None = None


class NewsIn(BaseModel):
    """One fact as the bank sends it."""

    model_config = ConfigDict(extra="forbid")

    event_id: Annotated[Id, Field(min_length=1)]
    type: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    firm_id: Id | None = None
    openid: Id | None = None
    occurred_at: AwareDatetime
    data: NewsData = NewsData()


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
        is_new = bot.aftercare.take_news(_news(fact))
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
    return BankNews(**facts, amount_fen=fact.data.amount_fen, due_on=fact.data.due_on)
