"""Deciding what texts teach takes two people, one step after the other, and leaves its traces."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.db import Database
from bot.errors import BotError, InvalidInput, LessonStateConflict, NotFound, SamePerson, UnfitText
from bot.learning.model import Followed, LearningAct, Lesson, LessonState, Parse
from bot.learning.service import Learning, Utterance, note_exported
from bot.outbox import read_after
from tests.factories import MORNING, add_parse

TEXT = "那个单子咋弄"


@pytest.fixture
def parse(database: Database, chat: int) -> int:
    return add_parse(database, chat, TEXT, confidence=0.2)


@pytest.fixture
def proposed(learning: Learning, parse: int) -> int:
    return learning.propose("ann", "e_receipt", [Utterance(parse, "回单咋弄 ")])[0].id


def lesson(database: Database, lesson_id: int) -> Lesson:
    with database.reading() as session:
        return session.get_one(Lesson, lesson_id)


def acts(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(act.username, act.act) for act in session.scalars(select(LearningAct).order_by(LearningAct.id))]


def test_a_proposal_holds_the_edited_text_and_leaves_the_original(
    database: Database, proposed: int, parse: int
) -> None:
    row = lesson(database, proposed)

    with database.reading() as session:
        original = session.get_one(Parse, parse)
    assert (row.text, row.intent, row.state) == ("回单咋弄", "e_receipt", LessonState.PROPOSED)
    assert (row.proposed_by, row.proposed_at, row.parse_id) == ("ann", MORNING, parse)
    assert (original.text, row.source_hash) == (TEXT, original.text_hash)


def test_another_person_approves(learning: Learning, database: Database, proposed: int) -> None:
    learning.approve(proposed, "ben")

    row = lesson(database, proposed)
    assert (row.state, row.reviewed_by, row.reviewed_at) == (LessonState.APPROVED, "ben", MORNING)
    assert acts(database) == [("ann", "proposed"), ("ben", "approved")]


@pytest.mark.parametrize(
    "review",
    [lambda learning, one: learning.approve(one, "ann"), lambda learning, one: learning.send_back(one, "ann", "x")],
)
def test_nobody_reviews_his_own_proposal(
    learning: Learning, database: Database, proposed: int, review: Callable[[Learning, int], object]
) -> None:
    with pytest.raises(SamePerson):
        review(learning, proposed)

    assert lesson(database, proposed).state is LessonState.PROPOSED
    assert acts(database) == [("ann", "proposed")]


def test_what_was_sent_back_is_improved_and_reviewed_anew(
    learning: Learning, database: Database, proposed: int
) -> None:
    learning.send_back(proposed, "ben", "这是对账")
    assert lesson(database, proposed).reason == "这是对账"

    learning.propose_again(proposed, "ben", "reconciliation", "那个对账单咋弄")

    row = lesson(database, proposed)
    assert (row.state, row.intent, row.reviewed_by, row.proposed_by) == (
        LessonState.PROPOSED,
        "reconciliation",
        None,
        "ben",
    )
    with pytest.raises(SamePerson):
        learning.approve(proposed, "ben")
    learning.approve(proposed, "ann")
    assert [act for _, act in acts(database)] == ["proposed", "sent_back", "proposed_again", "approved"]


def test_one_text_has_one_open_lesson(learning: Learning, database: Database, chat: int, proposed: int) -> None:
    again = add_parse(database, chat, f"{TEXT}？？")

    with pytest.raises(LessonStateConflict):
        learning.ignore("ben", [Utterance(again, "")])


def test_of_several_texts_all_are_taken_or_none(
    learning: Learning, database: Database, chat: int, proposed: int, parse: int
) -> None:
    other = add_parse(database, chat, "利息呢")

    with pytest.raises(LessonStateConflict):
        learning.propose("ben", "loan_rate", [Utterance(other, "利息呢"), Utterance(parse, TEXT)])

    with database.reading() as session:
        assert session.scalars(select(Lesson.id)).all() == [proposed]


def test_a_withdrawn_text_can_be_decided_anew(learning: Learning, database: Database, parse: int) -> None:
    (ignored,) = learning.ignore("ann", [Utterance(parse, "")])

    learning.withdraw(ignored.id, "ann")

    assert learning.want_answer("ben", [Utterance(parse, "")])[0].text == TEXT


def test_a_wanted_answer_ends_with_what_became_of_it(learning: Learning, database: Database, parse: int) -> None:
    (wanted,) = learning.want_answer("ann", [Utterance(parse, "")])

    learning.answer(wanted.id, "ann", "已补进常见问题")

    row = lesson(database, wanted.id)
    assert (row.state, row.reason, row.settled_at) == (LessonState.ANSWERED, "已补进常见问题", MORNING)


@pytest.mark.parametrize("text", ["打我13812345678", " ", "好" * 121])
def test_an_unfit_text_is_not_proposed(learning: Learning, database: Database, parse: int, text: str) -> None:
    with pytest.raises(UnfitText):
        learning.propose("ann", "e_receipt", [Utterance(parse, text)])

    assert acts(database) == []


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda learning, one: learning.propose("ann", "nonsense", [Utterance(one, "回单")]), InvalidInput),
        (lambda learning, one: learning.propose("ann", "e_receipt", [Utterance(99, "回单")]), NotFound),
        (lambda learning, one: learning.approve(99, "ben"), NotFound),
        (lambda learning, one: learning.correct(99, "rep", "e_receipt"), NotFound),
        (lambda learning, one: learning.correct(one, "rep", "nonsense"), InvalidInput),
    ],
)
def test_what_is_not_there_or_not_known_is_refused(
    learning: Learning, parse: int, act: Callable[[Learning, int], object], error: type[BotError]
) -> None:
    with pytest.raises(error):
        act(learning, parse)


@pytest.mark.parametrize(
    "act",
    [
        lambda learning, one: learning.approve(one, "cid"),
        lambda learning, one: learning.send_back(one, "cid", "x"),
        lambda learning, one: learning.withdraw(one, "cid"),
        lambda learning, one: learning.answer(one, "cid", "x"),
        lambda learning, one: learning.propose_again(one, "cid", "e_receipt", "回单"),
    ],
)
def test_what_is_approved_stays_approved(
    learning: Learning, database: Database, proposed: int, act: Callable[[Learning, int], object]
) -> None:
    learning.approve(proposed, "ben")

    with pytest.raises(LessonStateConflict):
        act(learning, proposed)

    assert lesson(database, proposed).state is LessonState.APPROVED


def test_an_exported_lesson_says_when_and_by_whom(learning: Learning, database: Database, proposed: int) -> None:
    learning.approve(proposed, "ben")
    with database.transaction() as session:
        note_exported(session, [session.get_one(Lesson, proposed)], "ops", MORNING)

    assert (lesson(database, proposed).state, lesson(database, proposed).settled_at) == (LessonState.EXPORTED, MORNING)
    assert acts(database)[-1] == ("ops", "exported")


def test_a_reps_correction_outweighs_what_was_known_and_is_told_to_the_desk(
    learning: Learning, database: Database, chat: int, clock: FixedClock
) -> None:
    parse = add_parse(database, chat, "单子", followed=Followed.PICKED, label="reconciliation")
    clock.advance(60)

    learning.correct(parse, "rep", "loan_rate")
    learning.correct(parse, "rep2", "e_receipt")

    with database.reading() as session:
        row = session.get_one(Parse, parse)
        events = [event.type for event in read_after(session, 0) if event.type == "parse.corrected"]
    assert (row.followed, row.label, row.corrected_by, row.corrected_at) == (
        Followed.CORRECTED,
        "e_receipt",
        "rep2",
        clock.now(),
    )
    assert acts(database) == [("rep", "corrected"), ("rep2", "corrected")]
    assert len(events) == 2
