"""Parses and lessons → what the console shows, with Chinese labels."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.handoff_schemas import ReadingOut
from api.learning_schemas import FollowedOut, GroupOut, GroupTextOut, GuessOut, LessonOut, TallyOut
from bot.learning.model import Followed, Lesson, Parse
from bot.learning.queries import Group, GroupText
from bot.staff.model import StaffMember

Labels = Mapping[str, str]


def group(labels: Labels, found: Group) -> GroupOut:
    """One group; the intent most often told is suggested."""
    followed = [
        FollowedOut(
            followed=Followed(one.name),
            intent=one.label,
            label=labels.get(one.label, one.label) if one.label else None,
            count=one.count,
        )
        for one in found.followed
    ]
    return GroupOut(
        texts=[_group_text(labels, one) for one in found.texts],
        more_texts=found.more_texts,
        count=found.count,
        customers=found.customers,
        last_at=found.last_at,
        guesses=[
            TallyOut(intent=one.name, label=labels.get(one.name, one.name), count=one.count) for one in found.guesses
        ],
        followed=followed,
        suggestion=next((one.intent for one in followed if one.intent is not None), None),
    )


def lessons(labels: Labels, session: Session, rows: Sequence[tuple[Lesson, Parse | None]]) -> list[LessonOut]:
    """Lessons with the names of the people."""
    usernames = {name for row, _ in rows for name in (row.proposed_by, row.reviewed_by) if name}
    found = session.scalars(select(StaffMember).where(StaffMember.username.in_(usernames)))
    names = {person.username: person.display_name for person in found}
    return [_lesson(labels, names, row, parse) for row, parse in rows]


def reading(labels: Labels, parse: Parse) -> ReadingOut:
    """What the bot took a line for."""
    intent = parse.taken_as or parse.intent
    return ReadingOut(
        parse_id=parse.id,
        intent=intent,
        label=labels.get(intent, intent),
        confidence=parse.confidence,
        verdict=parse.verdict,
        followed=parse.followed,
        right=parse.label,
        right_label=labels.get(parse.label, parse.label) if parse.label else None,
    )


def _group_text(labels: Labels, one: GroupText) -> GroupTextOut:
    parse = one.parse
    return GroupTextOut(
        parse_id=parse.id,
        text=parse.text,
        count=one.count,
        guesses=_guesses(labels, parse),
        verdict=parse.verdict,
        model=parse.model,
    )


def _guesses(labels: Labels, parse: Parse) -> list[GuessOut]:
    three = (
        (parse.intent, parse.confidence),
        (parse.second, parse.second_confidence),
        (parse.third, parse.third_confidence),
    )
    return [GuessOut(intent=name, label=labels.get(name, name), share=share) for name, share in three if name]


def _lesson(labels: Labels, names: Labels, row: Lesson, parse: Parse | None) -> LessonOut:
    return LessonOut(
        id=row.id,
        text=row.text,
        original=parse.text if parse else None,
        guesses=_guesses(labels, parse) if parse else [],
        intent=row.intent,
        label=labels.get(row.intent, row.intent) if row.intent else None,
        state=row.state,
        proposed_by=row.proposed_by,
        proposed_by_name=names.get(row.proposed_by, row.proposed_by),
        proposed_at=row.proposed_at,
        reviewed_by=row.reviewed_by,
        reviewed_by_name=names.get(row.reviewed_by, row.reviewed_by) if row.reviewed_by else None,
        reviewed_at=row.reviewed_at,
        reason=row.reason,
    )
