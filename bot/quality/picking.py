"""Which closed chats go to the checkers: run by a tick, each chat its own transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.complaints.model import Complaint
from bot.complaints.service import DESK as COMPLAINTS
from bot.db import Database
from bot.handoff.model import Conversation, Owner
from bot.handoff.replies import RISK
from bot.knowledge.live import Contents
from bot.quality import rules
from bot.quality.model import CheckState, Picked, QualityCheck
from bot.quality.rules import Chat, Form, Said
from bot.quality.telling import tell
from bot.transcripts.model import Line

log = structlog.get_logger()

FRAUD = "fraud"
# A chat is picked after its rating had time to come; a low rating or a complaint may come days later.
PICKED_AFTER = timedelta(minutes=10)
SAMPLED_WITHIN = timedelta(days=1)
LOOKS_BACK = timedelta(days=7)
AT_ONCE = 200


@dataclass(frozen=True)
class Picking:
    """Fills the list of checks. `salt` keeps chance from being foreseen."""

    database: Database
    contents: Contents
    clock: Clock
    form: Form
    salt: str

    def run(self) -> int:
        """Pick what was closed lately; how many checks are new. Safe to repeat, and to run in two workers at once."""
        now = self.clock.now()
        with self.database.reading() as session:
            found = _unchecked(session, now, self.form)
        due = [(one.id, one.why) for one in found if one.why is not None or self._is_sampled(one.id)][:AT_ONCE]
        picked = sum(self._pick(chat, why or Picked.SAMPLE, now) for chat, why in due)
        if picked:
            log.info("quality_picked", count=picked)
        return picked

    def _is_sampled(self, conversation_id: int) -> bool:
        return rules.is_sampled(conversation_id, self.salt, self.form.sample_bp)

    def _pick(self, conversation_id: int, why: Picked, now: datetime) -> bool:
        try:
            with self.database.transaction() as session:
                row = session.get_one(Conversation, conversation_id)
                assert row.rep is not None
                check = QualityCheck(
                    conversation_id=row.id,
                    rep=row.rep,
                    desk=row.skill or "general",
                    picked=why,
                    picked_at=now,
                    findings=rules.findings_of(self._chat(session, row, now), self.form),
                    state=CheckState.TO_DO,
                )
                session.add(check)
                session.flush()
                tell(session, check, now)
        except IntegrityError:
            # The other worker was first.
            return False
        return True

    def _chat(self, session: Session, row: Conversation, now: datetime) -> Chat:
        lines = session.scalars(select(Line).where(Line.conversation_id == row.id).order_by(Line.id))
        names = tuple(self.contents.for_branch(now, None).product_names.values())
        assert row.accepted_at is not None
        return Chat(row.accepted_at, _is_risk(row.skill, row.session), [_said(line) for line in lines], names)


@dataclass(frozen=True)
class _Found:
    """A closed chat without a check."""

    id: int
    why: Picked | None


def _unchecked(session: Session, now: datetime, form: Form) -> list[_Found]:
    """Chats of reps that were closed in the last day and have no check; of the last week only those with a bad word."""
    known = exists().where(QualityCheck.conversation_id == Conversation.id)
    complained = exists().where(Complaint.conversation_id == Conversation.id)
    is_new = Conversation.closed_at > now - SAMPLED_WITHIN
    served = and_(
        Conversation.closed_at.between(now - LOOKS_BACK, now - PICKED_AFTER),
        Conversation.owner == Owner.CLOSED,
        Conversation.accepted_at.is_not(None),
        Conversation.rep.is_not(None),
    )
    late = or_(is_new, Conversation.rating <= form.low_rating, complained)
    columns = (Conversation.id, Conversation.skill, Conversation.session, Conversation.rating, complained)
    rows = session.execute(select(*columns).where(served, late, ~known).order_by(Conversation.id))
    return [_Found(id_, _why(skill, talk, rating, has, form)) for id_, skill, talk, rating, has in rows]


def _why(
    skill: str | None, talk: dict[str, Any], rating: int | None, has_complained: object, form: Form
) -> Picked | None:
    if _is_risk(skill, talk):
        return Picked.RISK
    if skill == COMPLAINTS or has_complained:
        return Picked.COMPLAINT
    return Picked.LOW_RATING if rating is not None and rating <= form.low_rating else None


def _is_risk(skill: str | None, talk: dict[str, Any]) -> bool:
    return skill == FRAUD or bool(talk.get("slots", {}).get(RISK))


def _said(line: Line) -> Said:
    return Said(line.speaker, line.kind, line.text, line.at, bool(line.detail.get("confirmed")))
