"""Suggested answers for an open chat, and what reps made of them."""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session as Transaction

from bot.clock import Clock, local_day
from bot.complaints.queries import find_open
from bot.complaints.service import DESK as COMPLAINTS
from bot.compliance.rules import FraudKind
from bot.customers.model import Follower
from bot.db import Database
from bot.dialogue.session import Session
from bot.dialogue.turn import RISKS
from bot.dialogue.understanding import OUT_OF_SCOPE, by_keywords
from bot.errors import NluUnavailable, NotFound
from bot.handoff.model import Conversation
from bot.knowledge.content import Content
from bot.knowledge.live import Contents
from bot.messages import Understanding
from bot.ports import Nlu
from bot.suggesting.model import SuggestedBy, SuggestionFeedback, SuggestionUse
from bot.suggesting.rules import Case, Risk, Suggestion, suggest
from bot.transcripts.model import Line, Speaker

log = structlog.get_logger()

# The whole answer has to be there within a second.
NLU_TIMEOUT_S = 0.6
FRAUD_DESK = "fraud"
RISK = "risk"
# Whoever writes in pieces (利率 / 多少) is understood by all of them.
PIECES = 3
# Words of a line that was tapped are ours: the model has nothing to understand in them.
TAPPED = frozenset({"choice", "click"})
NOTHING_READ = Understanding(OUT_OF_SCOPE, 0.0)


@dataclass(frozen=True)
class Suggested:
    """What is suggested now. `line_id` is the customer's line it answers, None while he has said nothing."""

    line_id: int | None
    by: SuggestedBy
    risk: Risk | None
    items: tuple[Suggestion, ...] = ()


@dataclass(frozen=True)
class Feedback:
    """What a rep made of one suggestion."""

    line_id: int
    source: str
    version: int
    place: int
    by: SuggestedBy
    use: SuggestionUse


@dataclass(frozen=True)
class Suggestions:
    """Finds answers to suggest; shared between threads."""

    database: Database
    contents: Contents
    nlu: Nlu
    clock: Clock

    def of(self, conversation_id: int) -> Suggested:
        """The best three for this chat as it stands. Raises NotFound. When the model is away, keyword rules read."""
        now = self.clock.now()
        with self.database.reading() as session:
            row, follower = _chat(session, conversation_id)
            case, line = _case(session, row)
        content = self.contents.for_branch(now, follower.branch)
        if line is None:
            return Suggested(None, SuggestedBy.MODEL, case.risk)
        understanding, by = NOTHING_READ, SuggestedBy.MODEL
        if line.kind not in TAPPED:
            understanding, by = self._understood(case.words, content, now)
        return Suggested(line.id, by, case.risk, suggest(case, understanding, content, local_day(now)))

    def risk_of(self, conversation_id: int) -> Risk | None:
        """What bounds what may be offered in this chat. Raises NotFound."""
        with self.database.reading() as session:
            return _risk(session, _chat(session, conversation_id)[0])

    def note_use(self, conversation_id: int, username: str, told: Feedback) -> None:
        """Keep what a rep made of a suggestion; his latest word counts. Raises NotFound. Safe to repeat."""
        now = self.clock.now()
        with self.database.transaction() as session:
            line = session.get(Line, told.line_id, with_for_update=True)
            if line is None or line.conversation_id != conversation_id or line.speaker is not Speaker.CUSTOMER:
                raise NotFound(line_id=told.line_id)
            mine = (SuggestionFeedback.line_id == told.line_id) & (SuggestionFeedback.username == username)
            known = session.scalars(
                select(SuggestionFeedback).where(mine, SuggestionFeedback.source == told.source)
            ).first()
            if known is not None:
                known.use, known.at = told.use, now
                return
            session.add(
                SuggestionFeedback(
                    conversation_id=conversation_id,
                    line_id=told.line_id,
                    username=username,
                    source=told.source,
                    version=told.version,
                    place=told.place,
                    suggested_by=told.by,
                    use=told.use,
                    at=now,
                )
            )

    def _understood(self, words: str, content: Content, now: datetime) -> tuple[Understanding, SuggestedBy]:
        try:
            return self.nlu.parse(words, today=local_day(now), timeout_s=NLU_TIMEOUT_S), SuggestedBy.MODEL
        except NluUnavailable:
            log.warning("nlu_unavailable", asked=1)
            return by_keywords(words, content), SuggestedBy.KEYWORDS


def _chat(session: Transaction, conversation_id: int) -> tuple[Conversation, Follower]:
    row = session.get(Conversation, conversation_id)
    if row is None:
        raise NotFound(handoff_id=conversation_id)
    return row, session.get_one(Follower, row.follower_id)


def _case(session: Transaction, row: Conversation) -> tuple[Case, Line | None]:
    """The case, and the customer's line it is about."""
    lines = _last_words(session, row.id)
    state = Session.from_json(row.session)
    words = "，".join(line.text for line in lines)
    is_victim = state.slots.get(RISK) == RISKS[FraudKind.VICTIM]
    return Case(words, state, _risk(session, row), is_victim), lines[-1] if lines else None


def _last_words(session: Transaction, conversation_id: int) -> list[Line]:
    """What the customer said since a rep last spoke, oldest first; else his last words."""
    his = (Line.conversation_id == conversation_id) & (Line.speaker == Speaker.CUSTOMER) & (Line.text.is_not(None))
    last_rep = select(func.max(Line.id)).where(Line.conversation_id == conversation_id, Line.speaker == Speaker.REP)
    rep_at = session.scalar(last_rep) or 0
    found = [
        line for line in session.scalars(select(Line).where(his).order_by(Line.id.desc()).limit(PIECES)) if line.text
    ]
    return sorted((line for line in found if line.id > rep_at), key=lambda line: line.id) or found[:1]


def _risk(session: Transaction, row: Conversation) -> Risk | None:
    if RISK in row.session.get("slots", {}) or row.skill == FRAUD_DESK:
        return Risk.FRAUD
    if row.skill == COMPLAINTS or find_open(session, row.follower_id) is not None:
        return Risk.COMPLAINT
    return None
