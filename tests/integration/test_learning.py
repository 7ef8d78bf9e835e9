"""Two people, one lesson a text: what the database itself refuses, on SQLite and PostgreSQL alike."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from bot.clock import FixedClock
from bot.db import Database
from bot.errors import LessonStateConflict
from bot.learning.model import Followed, LearningAct, Lesson, LessonState, Parse, Verdict
from bot.learning.queries import figures, misread_groups
from bot.learning.service import Learning, Utterance
from bot.privacy.purge import Purge
from config.retention import load_retention
from tests.at_once import verdicts
from tests.factories import MORNING, add_parse, add_waiting

TRAINERS = 6


@pytest.fixture
def learning(both_databases: Database, clock: FixedClock) -> Learning:
    return Learning(both_databases, clock, {"e_receipt"}.__contains__)


@pytest.fixture
def parse(both_databases: Database) -> int:
    return add_parse(both_databases, add_waiting(both_databases), "那个单子", confidence=0.2)


@pytest.fixture
def lesson(learning: Learning, parse: int) -> int:
    return learning.propose("ann", "e_receipt", [Utterance(parse, "那个回单")])[0].id


@pytest.mark.parametrize(
    "change",
    [
        {"reviewed_by": "ann"},
        {"state": LessonState.APPROVED},
        {"state": LessonState.EXPORTED},
        {"state": LessonState.APPROVED, "reviewed_by": "ann"},
        {"state": LessonState.APPROVED, "reviewed_by": "ben", "intent": None},
    ],
)
def test_the_table_refuses_what_one_person_alone_decided(
    both_databases: Database, lesson: int, change: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), both_databases.transaction() as session:
        session.execute(update(Lesson).where(Lesson.id == lesson).values(**change))

    with both_databases.reading() as session:
        assert session.get_one(Lesson, lesson).state is LessonState.PROPOSED


def test_the_table_takes_the_second_persons_word(both_databases: Database, learning: Learning, lesson: int) -> None:
    learning.approve(lesson, "ben")

    with both_databases.reading() as session:
        row = session.get_one(Lesson, lesson)
    assert (row.state, row.reviewed_by) == (LessonState.APPROVED, "ben")


def test_of_trainers_who_decide_at_once_one_wins(both_databases: Database, learning: Learning, parse: int) -> None:
    def decide(number: int) -> Callable[[], object]:
        return lambda: learning.propose(f"trainer{number}", "e_receipt", [Utterance(parse, "回单")])

    results = verdicts(*[decide(number) for number in range(TRAINERS)])

    assert sorted(results) == ["done"] + [LessonStateConflict.code] * (TRAINERS - 1)
    with both_databases.reading() as session:
        assert len(session.scalars(select(Lesson)).all()) == 1


def test_a_lesson_is_approved_or_sent_back_but_never_both(
    both_databases: Database, learning: Learning, lesson: int
) -> None:
    results = verdicts(
        lambda: learning.approve(lesson, "ben"),
        lambda: learning.send_back(lesson, "cid", "换个意图"),
        lambda: learning.approve(lesson, "dan"),
    )

    assert sorted(results) == ["done", LessonStateConflict.code, LessonStateConflict.code]
    with both_databases.reading() as session:
        assert len(session.scalars(select(LearningAct)).all()) == 2


def test_list_and_figures_read_alike(both_databases: Database, parse: int) -> None:
    chat = add_waiting(both_databases, 2)
    add_parse(
        both_databases, chat, "那个单子？", verdict=Verdict.ASKED_BACK, followed=Followed.PICKED, label="loan_rate"
    )

    with both_databases.reading() as session:
        (group,) = misread_groups(session, 0.45, MORNING).items
        week, month = figures(session, MORNING)

    assert (group.count, group.customers, [one.parse.text for one in group.texts]) == (2, 2, ["那个单子？"])
    assert (week.parses, week.answered, week.asked_back, week.misread) == (2, 1, 1, 1)
    assert (month.days, month.parses) == (30, 2)


def test_old_parses_go_in_portions_and_lessons_to_learn_stay(
    both_databases: Database, learning: Learning, parse: int, clock: FixedClock
) -> None:
    purge = Purge(both_databases, clock, load_retention())
    chat = add_waiting(both_databases, 2)
    ignored = learning.ignore("ann", [Utterance(add_parse(both_databases, chat, "嗯嗯嗯"), "")])[0].id
    kept = add_parse(both_databases, chat, "新的", at=MORNING + timedelta(days=1))

    clock.advance(timedelta(days=30).total_seconds())
    lesson = learning.propose("ann", "e_receipt", [Utterance(parse, "那个回单")])[0].id
    clock.advance(timedelta(days=150).total_seconds())
    purge.run()
    with both_databases.reading() as session:
        assert len(session.scalars(select(Parse.id)).all()) == 3
    clock.advance(timedelta(days=1).total_seconds())
    purge.run()

    with both_databases.reading() as session:
        assert session.scalars(select(Parse.id)).all() == [kept]
        assert [(row.id, row.parse_id, row.text) for row in session.scalars(select(Lesson))] == [
            (lesson, None, "那个回单")
        ]
        assert session.get(Lesson, ignored) is None
        assert session.execute(text("SELECT count(*) FROM learning_acts")).scalar() == 2
