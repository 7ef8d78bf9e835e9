"""待学习 over HTTP: the list, the two people, and a rep's word on a turn."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.db import Database
from bot.handoff.model import Conversation, Owner
from bot.learning.model import Followed, Parse, Verdict
from tests.factories import add_parse, add_waiting
from tests.unit.api.conftest import Browser
from tests.unit.api.test_query_counts import counted


@pytest.fixture
def trainer(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("trainer")


@pytest.fixture
def second(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("supervisor")


@pytest.fixture
def chat(database: Database) -> int:
    return add_waiting(database)


@pytest.fixture
def parse(database: Database, chat: int) -> int:
    return add_parse(
        database,
        chat,
        "那个单子",
        confidence=0.3,
        second="loan_rate",
        second_confidence=0.2,
        verdict=Verdict.ASKED_BACK,
    )


def decide(browser: Browser, parse: int, decision: str = "teach", text: str = "那个回单", **more: object) -> Any:
    body = {"decision": decision, "utterances": [{"parse_id": parse, "text": text}], **more}
    return browser.post("/api/learning/lessons", body)


def propose(browser: Browser, parse: int) -> int:
    answer = decide(browser, parse, intent="e_receipt")
    assert answer.status_code == 201
    return int(answer.json["items"][0]["id"])


def test_the_list_shows_groups_with_labels(trainer: Browser, database: Database, chat: int, parse: int) -> None:
    add_parse(database, chat, "那个单子呢", followed=Followed.CORRECTED, label="reconciliation")

    page = trainer.get("/api/learning/groups").json

    (group,) = page["items"]
    assert (page["is_cut"], group["count"], group["customers"], group["suggestion"]) == (False, 2, 1, "reconciliation")
    assert {one["text"] for one in group["texts"]} == {"那个单子", "那个单子呢"}
    assert group["guesses"] == [{"intent": "e_receipt", "label": "电子回单", "count": 2}]
    assert group["followed"] == [{"followed": "corrected", "intent": "reconciliation", "label": "银企对账", "count": 1}]
    doubtful = next(one for one in group["texts"] if one["text"] == "那个单子")
    assert [(one["label"], one["share"]) for one in doubtful["guesses"]] == [("电子回单", 0.3), ("贷款利率多少", 0.2)]


def test_a_longer_list_costs_no_more_queries(trainer: Browser, database: Database, chat: int, parse: int) -> None:
    def cost() -> int:
        with counted(database) as statements:
            assert trainer.get("/api/learning/groups").status_code == 200
        return len(statements)

    few = cost()
    for number in range(40):
        add_parse(database, chat, chr(0x4E00 + number) * 4, confidence=0.1)

    assert cost() == few


def test_two_people_make_a_lesson(trainer: Browser, second: Browser, parse: int) -> None:
    lesson = propose(trainer, parse)
    assert trainer.get("/api/learning/groups").json["items"] == []

    (row,) = second.get("/api/learning/lessons", state="proposed").json["items"]
    assert (row["original"], row["text"], row["label"]) == ("那个单子", "那个回单", "电子回单")
    assert (row["proposed_by"], row["proposed_by_name"]) == ("trainer", "某trainer")
    answer = second.post(f"/api/learning/lessons/{lesson}/approve")

    assert (answer.status_code, answer.json["state"], answer.json["reviewed_by"]) == (200, "approved", "supervisor")
    history = second.get(f"/api/learning/lessons/{lesson}/acts").json["items"]
    assert [(one["username"], one["act"]) for one in history] == [("trainer", "proposed"), ("supervisor", "approved")]


@pytest.mark.parametrize(("step", "body"), [("approve", {}), ("send-back", {"reason": "换个意图"})])
def test_ones_own_proposal_is_not_ones_own_to_review(trainer: Browser, parse: int, step: str, body: object) -> None:
    lesson = propose(trainer, parse)

    answer = trainer.post(f"/api/learning/lessons/{lesson}/{step}", body)

    assert (answer.status_code, answer.json["code"]) == (403, "same_person")


def test_another_trainer_may_send_back_and_the_first_improve(
    trainer: Browser, signed_in: Callable[[str], Browser], parse: int
) -> None:
    lesson, other = propose(trainer, parse), signed_in("trainer2")

    back = other.post(f"/api/learning/lessons/{lesson}/send-back", {"reason": "是对账，打13812345678问过"})
    assert (back.json["state"], back.json["reason"]) == ("sent_back", "是对账，打[已屏蔽]问过")
    again = trainer.post(f"/api/learning/lessons/{lesson}/propose", {"intent": "reconciliation", "text": "对账单子"})

    assert (again.json["state"], again.json["text"], again.json["reviewed_by"]) == ("proposed", "对账单子", None)
    assert other.post(f"/api/learning/lessons/{lesson}/approve").status_code == 200


def test_a_wanted_answer_goes_to_its_own_list_and_ends(trainer: Browser, second: Browser, parse: int) -> None:
    lesson = decide(trainer, parse, "answer").json["items"][0]["id"]

    (row,) = second.get("/api/learning/lessons", state="answer_wanted").json["items"]
    assert row["text"] == "那个单子"
    second.post(f"/api/learning/lessons/{lesson}/answered", {"result": "已补答案"})

    assert second.get("/api/learning/lessons", state="answered").json["items"][0]["reason"] == "已补答案"


def test_an_ignored_text_can_be_called_back(trainer: Browser, parse: int) -> None:
    lesson = decide(trainer, parse, "ignore").json["items"][0]["id"]
    assert trainer.get("/api/learning/groups").json["items"] == []

    assert trainer.post(f"/api/learning/lessons/{lesson}/withdraw").json["state"] == "withdrawn"
    assert len(trainer.get("/api/learning/groups").json["items"]) == 1


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({}, 422, "invalid_input"),
        ({"intent": "nonsense"}, 422, "invalid_input"),
        ({"intent": "e_receipt", "text": "打我13812345678"}, 422, "unfit_text"),
    ],
)
def test_what_cannot_be_learned_is_refused_with_the_reason(
    trainer: Browser, parse: int, more: dict[str, Any], status: int, code: str
) -> None:
    answer = decide(trainer, parse, **more)

    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_the_slower_of_two_trainers_is_told(trainer: Browser, second: Browser, parse: int) -> None:
    propose(trainer, parse)

    answer = decide(second, parse, "ignore")

    assert (answer.status_code, answer.json["code"]) == (409, "lesson_state_conflict")


def test_lessons_page_by_page(trainer: Browser, database: Database, chat: int) -> None:
    for number in "一二三":
        propose(trainer, add_parse(database, chat, f"第{number}个"))

    first = trainer.get("/api/learning/lessons", state="proposed", limit=2).json
    rest = trainer.get("/api/learning/lessons", state="proposed", limit=2, before=first["next"]).json

    assert [row["original"] for row in (*first["items"], *rest["items"])] == ["第三个", "第二个", "第一个"]
    assert rest["next"] is None


def test_figures_and_counts_stand_at_the_top(trainer: Browser, parse: int) -> None:
    propose(trainer, parse)

    page = trainer.get("/api/learning/figures").json

    week = page["items"][0]
    assert (week["days"], week["model"], week["parses"], week["asked_back"], week["misread"]) == (7, "m1", 1, 1, 0)
    assert page["lessons"] == {"proposed": 1}


def test_all_intents_can_be_picked_by_their_chinese_names(trainer: Browser) -> None:
    items = trainer.get("/api/learning/intents").json["items"]

    assert len(items) == 62
    assert {"intent": "e_receipt", "label": "电子回单"} in items


def test_a_rep_says_what_a_line_really_asked_for(
    signed_in: Callable[[str], Browser], database: Database, chat: int, parse: int
) -> None:
    rep = signed_in("rep")
    shown = rep.get(f"/api/handoffs/{chat}").json["lines"][0]["reading"]
    assert (shown["label"], shown["confidence"], shown["verdict"], shown["right"]) == (
        "电子回单",
        0.3,
        "asked_back",
        None,
    )

    answer = rep.post(f"/api/learning/parses/{shown['parse_id']}/correct", {"intent": "reconciliation"})

    assert (answer.status_code, answer.json["right_label"], answer.json["followed"]) == (200, "银企对账", "corrected")
    after = rep.get(f"/api/handoffs/{chat}").json["lines"][0]["reading"]
    assert after == answer.json
    with database.reading() as session:
        assert session.get_one(Parse, parse).corrected_by == "rep"


def test_what_was_said_to_the_bot_alone_is_not_a_reps_to_judge(
    signed_in: Callable[[str], Browser], database: Database, chat: int, parse: int
) -> None:
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.owner, row.queued_at = Owner.BOT, None

    answer = signed_in("rep").post(f"/api/learning/parses/{parse}/correct", {"intent": "reconciliation"})

    assert answer.status_code == 404
