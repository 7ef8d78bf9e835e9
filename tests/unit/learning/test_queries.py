"""What stands in the list, in which order, for how long; and the model's figures."""

from datetime import timedelta
from typing import Any

import pytest

from bot.db import Database
from bot.learning import queries
from bot.learning.model import Followed, Lesson, LessonState, Verdict
from bot.learning.queries import Groups, ModelFigures, figures, misread_groups
from bot.learning.service import Learning, Utterance, note_exported
from tests.factories import MORNING, add_parse, add_waiting

FLOOR = 0.45
A_DAY = timedelta(days=1)


def groups(database: Database, now=MORNING) -> Groups:
    with database.reading() as session:
        return misread_groups(session, FLOOR, now)


def listed(database: Database, now=MORNING) -> list[list[str]]:
    return [[one.parse.text for one in group.texts] for group in groups(database, now).items]


@pytest.mark.parametrize(
    ("row", "is_listed"),
    [
        ({"confidence": 0.44}, True),
        ({"confidence": 0.45}, False),
        ({"verdict": Verdict.ASKED_BACK}, True),
        ({"followed": Followed.RE_ASKED}, True),
        ({"followed": Followed.PICKED, "label": "loan_rate", "by": "keywords"}, True),
        ({"followed": Followed.PICKED, "label": "e_receipt"}, False),
        ({"followed": Followed.CORRECTED, "label": "loan_rate"}, True),
        ({"followed": Followed.CORRECTED, "label": "loan_rate", "taken_as": "loan_rate"}, False),
        ({"followed": Followed.HUMAN}, False),
        ({"followed": Followed.SOLVED}, False),
        ({"verdict": Verdict.ASKED_BACK, "by": "keywords"}, False),
        ({"confidence": 0.1, "at": MORNING - 30 * A_DAY}, True),
        ({"confidence": 0.1, "at": MORNING - 30 * A_DAY - timedelta(seconds=1)}, False),
    ],
)
def test_doubts_and_told_mistakes_of_a_month_are_listed(
    database: Database, chat: int, row: dict[str, Any], is_listed: bool
) -> None:
    add_parse(database, chat, "那个单子", **row)

    assert listed(database) == ([["那个单子"]] if is_listed else [])


def test_a_group_counts_texts_customers_guesses_and_what_followed(database: Database, chat: int) -> None:
    other = add_waiting(database, 2)
    for text, talk in (("那个单子", chat), ("那个单子？", other), ("那个单子呢", chat)):
        add_parse(database, talk, text, confidence=0.3, followed=Followed.PICKED, label="loan_rate")
    add_parse(database, chat, "那个单子", "loan_rate", confidence=0.2)

    (group,) = groups(database).items

    assert [(one.parse.text, one.count) for one in group.texts] == [("那个单子", 3), ("那个单子呢", 1)]
    assert (group.count, group.customers, group.more_texts) == (4, 2, 0)
    assert [(one.name, one.count) for one in group.guesses] == [("e_receipt", 3), ("loan_rate", 1)]
    assert [(one.name, one.label, one.count) for one in group.followed] == [("picked", "loan_rate", 3)]


def test_often_and_lately_come_first(database: Database, chat: int) -> None:
    for _ in range(3):
        add_parse(database, chat, "旧的常问", confidence=0.1, at=MORNING - 20 * A_DAY)
    for _ in range(2):
        add_parse(database, chat, "新近问过", confidence=0.1)
    add_parse(database, chat, "只有一次", confidence=0.1)

    assert listed(database) == [["新近问过"], ["只有一次"], ["旧的常问"]]


def test_more_than_is_shown_is_said(database: Database, chat: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_GROUPS", 1)
    add_parse(database, chat, "甲乙丙", confidence=0.1)
    assert not groups(database).is_cut
    add_parse(database, chat, "子丑寅", confidence=0.1)

    assert (groups(database).is_cut, len(groups(database).items)) == (True, 1)


def test_of_more_texts_than_are_compared_the_frequent_stay(
    database: Database, chat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_TEXTS", 1)
    for text in ("子丑寅", "甲乙丙", "子丑寅", "戊己庚"):
        add_parse(database, chat, text, confidence=0.1)

    assert (listed(database), groups(database).is_cut) == ([["子丑寅"]], True)


def test_a_decided_text_leaves_the_list_and_a_withdrawn_one_returns(
    database: Database, chat: int, learning: Learning
) -> None:
    parse = add_parse(database, chat, "那个单子", confidence=0.1)
    (ignored,) = learning.ignore("ann", [Utterance(parse, "")])
    assert listed(database) == []

    learning.withdraw(ignored.id, "ann")

    assert listed(database) == [["那个单子"]]


def test_what_is_misread_after_its_export_is_news(database: Database, chat: int, learning: Learning) -> None:
    parse = add_parse(database, chat, "那个单子", confidence=0.1)
    (made,) = learning.propose("ann", "e_receipt", [Utterance(parse, "那个单子")])
    learning.approve(made.id, "ben")
    assert listed(database) == []
    with database.transaction() as session:
        note_exported(session, [session.get_one(Lesson, made.id)], "ops", MORNING)
    assert listed(database) == []

    add_parse(database, chat, "那个单子", confidence=0.1, at=MORNING + A_DAY)

    (group,) = groups(database, MORNING + A_DAY).items
    assert [one.count for one in group.texts] == [1]


def test_figures_count_by_model_version_and_days(database: Database, chat: int) -> None:
    add_parse(database, chat, "一")
    add_parse(database, chat, "二", verdict=Verdict.ASKED_BACK, followed=Followed.PICKED, label="loan_rate")
    add_parse(database, chat, "三", verdict=Verdict.HUMAN)
    add_parse(database, chat, "四", at=MORNING - 8 * A_DAY, model="m0", followed=Followed.CORRECTED, label="loan_rate")
    add_parse(database, chat, "五", at=MORNING - 31 * A_DAY, model="m0")

    with database.reading() as session:
        found = figures(session, MORNING)

    newest = ModelFigures(7, "m1", "model", parses=3, answered=1, asked_back=1, human=1, misread=1)
    assert found == [
        newest,
        ModelFigures(30, "m1", "model", parses=3, answered=1, asked_back=1, human=1, misread=1),
        ModelFigures(30, "m0", "model", parses=1, answered=1, asked_back=0, human=0, misread=1),
    ]


def test_lessons_come_newest_first_page_by_page(database: Database, chat: int, learning: Learning) -> None:
    made = [
        learning.propose("ann", "e_receipt", [Utterance(add_parse(database, chat, f"第{one}个单子"), f"单子{one}")])[0]
        for one in "一二三"
    ]

    with database.reading() as session:
        first = queries.lesson_page(session, LessonState.PROPOSED, before=None, limit=2)
        rest = queries.lesson_page(session, LessonState.PROPOSED, before=made[1].id, limit=2)
        counts = queries.lesson_counts(session)

    assert [row.id for row, _ in first] == [made[2].id, made[1].id, made[0].id]
    assert [(row.id, parse.text if parse else None) for row, parse in rest] == [(made[0].id, "第一个单子")]
    assert counts == {LessonState.PROPOSED: 3}
