"""Reads of what was misread, grouped; of lessons; and the figures of the model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from bot.learning.grouping import group_alike
from bot.learning.model import Followed, LearningAct, Lesson, LessonState, Parse, Verdict
from bot.learning.rules import normal_form

LOOK_BACK = timedelta(days=30)
# Texts compared with each other in one look, and groups shown of them.
MOST_TEXTS = 1000
MOST_GROUPS = 50
SHOWN_TEXTS = 8
HALF_LIFE_DAYS = 7.0
BY_MODEL = "model"

_DAY = timedelta(days=1)
_TOLD = (Followed.PICKED, Followed.CORRECTED)


@dataclass(frozen=True)
class GroupText:
    """One text of a group; `parse` is its newest parse."""

    parse: Parse
    count: int


@dataclass(frozen=True)
class Tally:
    """How often something was guessed, or followed. `label` is the intent that was picked or corrected to."""

    name: str
    count: int
    label: str | None = None


@dataclass(frozen=True)
class Group:
    """Texts that say nearly the same and were not understood. Counts are of the last 30 days."""

    texts: tuple[GroupText, ...]
    more_texts: int
    count: int
    customers: int
    last_at: datetime
    guesses: tuple[Tally, ...]
    followed: tuple[Tally, ...]


@dataclass(frozen=True)
class Groups:
    """The groups worth a look now, weightiest first; `is_cut` when there were more texts or groups than are shown."""

    items: tuple[Group, ...]
    is_cut: bool


@dataclass(frozen=True)
class ModelFigures:
    """What one version of the model did in some days; `misread` counts what is known to have been something else."""

    days: int
    model: str | None
    by: str
    parses: int
    answered: int
    asked_back: int
    human: int
    misread: int


def misread_groups(session: Session, floor: float, now: datetime) -> Groups:
    """What nobody has decided about yet, by likeness, sorted by count and freshness. `floor` is the confidence below
    which the dialogue asks back. Five queries, however much there is.
    """
    found = session.execute(_misread_texts(floor, now)).all()
    parses = {row.id: row for row in session.scalars(select(Parse).where(Parse.id.in_([one.newest for one in found])))}
    texts = [GroupText(parses[one.newest], one.times) for one in found[:MOST_TEXTS]]
    groups = [[texts[at] for at in group] for group in group_alike([normal_form(one.parse.text) for one in texts])]
    groups.sort(key=lambda group: -sum(_weight(one, now) for one in group))
    shown = groups[:MOST_GROUPS]
    details = _Details(session, [one.parse.text_hash for group in shown for one in group], floor, now)
    return Groups(tuple(details.of(group) for group in shown), len(found) > MOST_TEXTS or len(groups) > MOST_GROUPS)


def figures(session: Session, now: datetime) -> list[ModelFigures]:
    """By model version, of the last 7 and the last 30 days; versions with the most parses first."""
    return [_figures(days, row) for days in (7, 30) for row in session.execute(_figures_query(now - days * _DAY))]


def parses_of_lines(session: Session, line_ids: Sequence[int]) -> dict[int, Parse]:
    """The parse of each of these lines that has one, in one query."""
    return {row.line_id: row for row in session.scalars(select(Parse).where(Parse.line_id.in_(line_ids)))}


def lesson_page(
    session: Session, state: LessonState, *, before: int | None, limit: int
) -> list[tuple[Lesson, Parse | None]]:
    """Lessons in one state, newest first, each with the parse it came from while that is kept; one more than asked
    for tells that there are more.
    """
    page = select(Lesson, Parse).outerjoin(Parse, Parse.id == Lesson.parse_id).where(Lesson.state == state)
    if before is not None:
        page = page.where(Lesson.id < before)
    return [(row[0], row[1]) for row in session.execute(page.order_by(Lesson.id.desc()).limit(limit + 1))]


def lesson_counts(session: Session) -> dict[LessonState, int]:
    """How many lessons stand in each state."""
    counted = select(Lesson.state, func.count()).group_by(Lesson.state)
    return {row[0]: row[1] for row in session.execute(counted)}


def acts_of(session: Session, lesson_id: int) -> Sequence[LearningAct]:
    """Who did what to a lesson, oldest first."""
    return session.scalars(select(LearningAct).where(LearningAct.lesson_id == lesson_id).order_by(LearningAct.id)).all()


def approved_lessons(session: Session) -> Sequence[Lesson]:
    """What waits to be exported, locked, so that two exports do not both take it."""
    waiting = select(Lesson).where(Lesson.state == LessonState.APPROVED).order_by(Lesson.id)
    return session.scalars(waiting.with_for_update()).all()


def labelled_misreads(session: Session, since: datetime) -> Sequence[Parse]:
    """Parses whose right intent the customer or a rep told, and which were taken for another, oldest first."""
    known = select(Parse).where(Parse.at >= since, _known_misread()).order_by(Parse.id)
    return session.scalars(known).all()


def _known_misread() -> ColumnElement[bool]:
    return and_(Parse.followed.in_(_TOLD), Parse.label != func.coalesce(Parse.taken_as, Parse.intent))


def _misread(floor: float, now: datetime) -> ColumnElement[bool]:
    """Worth a trainer's look: told to be wrong, or the model's own doubts. What keyword rules missed while the model
    was away is no fault of the model.
    """
    # An entry of the long tail, unlike an intent, is named kind.key: it answered where the model had no guess.
    unanswered = ~func.coalesce(Parse.taken_as, "").contains(".")
    doubtful = or_(
        and_(Parse.confidence < floor, unanswered),
        Parse.verdict == Verdict.ASKED_BACK,
        Parse.followed == Followed.RE_ASKED,
    )
    return and_(Parse.at >= now - LOOK_BACK, or_(_known_misread(), and_(Parse.by == BY_MODEL, doubtful)))


def _misread_texts(floor: float, now: datetime) -> Select[str, int, int]:
    """Each undecided text with its newest parse and count, most frequent first, one more than is looked at."""
    decided = exists().where(
        Lesson.source_hash == Parse.text_hash,
        Lesson.state != LessonState.WITHDRAWN,
        or_(Lesson.settled_at.is_(None), Parse.at <= Lesson.settled_at),
    )
    times, newest = func.count().label("times"), func.max(Parse.id).label("newest")
    return (
        select(Parse.text_hash, times, newest)
        .where(_misread(floor, now), ~decided)
        .group_by(Parse.text_hash)
        .order_by(times.desc(), newest.desc())
        .limit(MOST_TEXTS + 1)
    )


def _weight(text: GroupText, now: datetime) -> float:
    """Count, halved for every week since the text was last heard."""
    return float(text.count * 0.5 ** ((now - text.parse.at) / _DAY / HALF_LIFE_DAYS))


class _Details:
    """What is told about the groups shown, read for all of them at once."""

    def __init__(self, session: Session, hashes: Sequence[str], floor: float, now: datetime) -> None:
        ours = and_(Parse.text_hash.in_(hashes), _misread(floor, now))
        self._guesses = session.execute(
            select(Parse.text_hash, Parse.intent, func.count()).where(ours).group_by(Parse.text_hash, Parse.intent)
        ).all()
        signs = (Parse.text_hash, Parse.followed, Parse.label)
        self._followed = session.execute(
            select(*signs, func.count()).where(ours, Parse.followed.is_not(None)).group_by(*signs)
        ).all()
        self._customers = session.execute(select(Parse.text_hash, Parse.follower_id).where(ours).distinct()).all()

    def of(self, group: Sequence[GroupText]) -> Group:
        """One group, its most frequent texts first."""
        hashes = {one.parse.text_hash for one in group}
        guesses: dict[str, int] = {}
        for text_hash, intent, count in self._guesses:
            if text_hash in hashes:
                guesses[intent] = guesses.get(intent, 0) + count
        signs: dict[tuple[str, str | None], int] = {}
        for text_hash, followed, label, count in self._followed:
            if text_hash in hashes:
                signs[str(followed), label] = signs.get((str(followed), label), 0) + count
        return Group(
            texts=tuple(group[:SHOWN_TEXTS]),
            more_texts=max(0, len(group) - SHOWN_TEXTS),
            count=sum(one.count for one in group),
            customers=len({follower for text_hash, follower in self._customers if text_hash in hashes}),
            last_at=max(one.parse.at for one in group),
            guesses=_sorted(Tally(name, count) for name, count in guesses.items()),
            followed=_sorted(Tally(name, count, label) for (name, label), count in signs.items()),
        )


def _sorted(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    return tuple(sorted(tallies, key=lambda one: (-one.count, one.name, one.label or "")))


def _figures_query(since: datetime) -> Select[*tuple[Any, ...]]:
    parses = func.count().label("parses")
    of = [func.sum(case((Parse.verdict == verdict, 1), else_=0)).label(verdict.value) for verdict in Verdict]
    misread = func.sum(case((_known_misread(), 1), else_=0)).label("misread")
    per_model = select(Parse.model, Parse.by, parses, *of, misread).where(Parse.at >= since)
    return per_model.group_by(Parse.model, Parse.by).order_by(parses.desc(), Parse.model)


def _figures(days: int, row: Row[Any]) -> ModelFigures:
    return ModelFigures(days, row.model, row.by, row.parses, row.answered, row.asked_back, row.human, row.misread)
