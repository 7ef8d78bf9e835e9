"""Every turn leaves what the model made of it, and says what came of the turn before: in the turn's own transaction.

Called by bot/dialogue/reading.py, and by reps' corrections.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.compliance.secrets import mask_personal
from bot.fields import fingerprint
from bot.learning.model import Followed, Parse, Verdict
from bot.learning.rules import FOLLOWS_WITHIN, is_re_asked, normal_form, outweighs
from bot.messages import Understanding
from bot.transcripts.model import Line, Speaker


@dataclass(frozen=True)
class Reading:
    """What the model made of a message that it was asked about, and what the turn did with it.

    `taken_as` is None when the turn asked back. `model` is the version that was asked.
    """

    understanding: Understanding
    model: str | None
    taken_as: str | None
    verdict: Verdict
    offered: tuple[str, ...] = ()


@dataclass(frozen=True)
class TurnSigns:
    """What a turn tells about the learning: its own reading, if the model decided it, and signs about the one before.

    `picked` is the intent of a tapped line. `is_rejected`: he says that he meant another thing. `social` are greetings,
    thanks and the like: they are no other wording of anything, and nobody asks them again.
    """

    reading: Reading | None = None
    picked: str | None = None
    is_solved: bool = False
    is_rejected: bool = False
    is_handed_over: bool = False
    social: frozenset[str] = frozenset()


def note_turn(session: Session, follower_id: int, line: Line, signs: TurnSigns, now: datetime) -> None:
    """Keep the turn's parse, and mark the parse before it with what followed."""
    before = _latest(session, line.conversation_id)
    if before is not None and now - before.at <= FOLLOWS_WITHIN:
        _mark_before(session, before, line, signs, now)
    if signs.reading is not None:
        session.add(_parse_of(signs.reading, follower_id, line, now))


def mark(parse: Parse, sign: Followed, label: str | None = None) -> None:
    """Note what followed, unless something more telling is known already."""
    if outweighs(sign, parse.followed):
        parse.followed, parse.label = sign, label


def text_hash(text: str) -> str:
    """By which equal texts are found: the same for the same words, whatever signs and spaces stand between them."""
    return fingerprint(normal_form(text), "parses.text_hash")


def _mark_before(session: Session, before: Parse, line: Line, signs: TurnSigns, now: datetime) -> None:
    if signs.picked is not None and before.verdict is Verdict.ASKED_BACK and signs.picked in before.offered:
        mark(before, Followed.PICKED, signs.picked)
    if signs.is_solved and before.verdict is Verdict.ANSWERED:
        mark(before, Followed.SOLVED)
    if signs.is_rejected and before.verdict is Verdict.ANSWERED:
        mark(before, Followed.RE_ASKED)
    if signs.is_handed_over and before.verdict is not Verdict.HUMAN:
        mark(before, Followed.HUMAN)
    reading = signs.reading
    if (
        reading is not None
        and not {before.taken_as, reading.taken_as} & signs.social
        and is_re_asked(before, reading.taken_as, now)
        and _is_next(session, before, line)
    ):
        mark(before, Followed.RE_ASKED)


def _latest(session: Session, conversation_id: int) -> Parse | None:
    mine = select(Parse).where(Parse.conversation_id == conversation_id).order_by(Parse.id.desc()).limit(1)
    return session.scalars(mine.with_for_update()).first()


def _is_next(session: Session, before: Parse, line: Line) -> bool:
    """True when the customer said nothing in between, such as an answer to a question of a flow."""
    between = (Line.conversation_id == line.conversation_id) & (Line.id > before.line_id) & (Line.id < line.id)
    said = select(func.count()).select_from(Line).where(between, Line.speaker == Speaker.CUSTOMER)
    return session.scalar(said) == 0


def _parse_of(reading: Reading, follower_id: int, line: Line, now: datetime) -> Parse:
    understanding = reading.understanding
    others = [guess for guess in understanding.ranking if guess[0] != understanding.intent]
    (second, second_confidence), (third, third_confidence) = (*others, (None, None), (None, None))[:2]
    return Parse(
        conversation_id=line.conversation_id,
        follower_id=follower_id,
        line_id=line.id,
        at=now,
        text=mask_personal(line.text),
        text_hash=text_hash(line.text),
        intent=understanding.intent,
        confidence=understanding.confidence,
        second=second,
        second_confidence=second_confidence,
        third=third,
        third_confidence=third_confidence,
        model=reading.model,
        by=understanding.by,
        taken_as=reading.taken_as,
        verdict=reading.verdict,
        offered=list(reading.offered),
    )
