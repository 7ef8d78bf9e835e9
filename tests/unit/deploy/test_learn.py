"""Approved lessons become training data once, in the same order always, and nothing personal with them."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot.audit.model import Act, AuditAct
from bot.clock import FixedClock
from bot.db import Database
from bot.learning.model import Followed, Lesson, LessonState, Verdict
from bot.learning.service import Learning, Utterance
from config.settings import ROOT
from deploy import learn
from deploy.training_file import merge
from tests.factories import MORNING, add_parse, add_waiting

HAND_WRITTEN = """\
version: "3.1"

nlu:
- intent: e_receipt
  examples: |
    - 回单怎么打
    - [合肥]{"entity":"city","value":"340100"}哪里打回单
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "intents"
    found.mkdir()
    (found / "banking.yml").write_text(HAND_WRITTEN, encoding="utf-8")
    return found


@pytest.fixture
def chat(database: Database) -> int:
    return add_waiting(database)


@pytest.fixture
def approve(database: Database, clock: FixedClock, chat: int):
    learning = Learning(database, clock, lambda _: True)

    def act(text: str, intent: str = "e_receipt") -> int:
        parse = add_parse(database, chat, f"原文{text}")
        (lesson,) = learning.propose("ann", intent, [Utterance(parse, text)])
        learning.approve(lesson.id, "ben")
        return lesson.id

    return act


def export(database: Database, clock: FixedClock, folder: Path) -> int:
    return learn.export(database, clock, folder, "ops")


def states(database: Database, *lessons: int) -> list[LessonState]:
    with database.reading() as session:
        return [session.get_one(Lesson, one).state for one in lessons]


def test_approved_texts_are_merged_sorted_and_marked(
    database: Database, clock: FixedClock, folder: Path, approve
) -> None:
    lessons = [approve("单子打印"), approve("发票回单"), approve("多少利", "loan_rate")]

    assert export(database, clock, folder) == 0

    text = (folder / "learned.yml").read_text(encoding="utf-8")
    assert text.endswith(
        "nlu:\n- intent: e_receipt\n  examples: |\n    - 单子打印\n    - 发票回单\n"
        "\n- intent: loan_rate\n  examples: |\n    - 多少利\n"
    )
    assert states(database, *lessons) == [LessonState.EXPORTED] * 3
    with database.reading() as session:
        assert session.get_one(Lesson, lessons[0]).settled_at == MORNING


def test_what_stands_there_stays_and_a_second_export_changes_nothing(
    database: Database, clock: FixedClock, folder: Path, approve
) -> None:
    approve("单子打印")
    export(database, clock, folder)
    approve("甲打单子")
    export(database, clock, folder)
    once = (folder / "learned.yml").read_bytes()

    assert export(database, clock, folder) == 0

    assert (folder / "learned.yml").read_bytes() == once
    (block,) = yaml.safe_load(once)["nlu"]
    assert block["examples"].splitlines() == ["- 单子打印", "- 甲打单子"]


@pytest.mark.parametrize("text", ["回单 怎么打？", "合肥哪里打回单"])
def test_a_text_of_another_file_is_not_written_twice(
    database: Database, clock: FixedClock, folder: Path, approve, text: str
) -> None:
    lesson = approve(text)

    assert export(database, clock, folder) == 0

    assert not (folder / "learned.yml").exists()
    assert states(database, lesson) == [LessonState.EXPORTED]


def test_a_text_that_stands_under_another_intent_is_refused(
    database: Database, clock: FixedClock, folder: Path, approve, capsys: pytest.CaptureFixture[str]
) -> None:
    lesson = approve("回单怎么打", "loan_rate")

    assert export(database, clock, folder) == 1

    assert states(database, lesson) == [LessonState.APPROVED]
    assert f"lesson {lesson} refused: stands in banking.yml under e_receipt" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["打我13812345678", "身份证11010519491231002X", "卡号6222021001116245702"])
def test_personal_details_are_refused_even_when_two_people_missed_them(
    database: Database, clock: FixedClock, folder: Path, approve, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    lesson, good = approve("单子打印"), approve("甲打单子")
    with database.transaction() as session:
        session.get_one(Lesson, lesson).text = text

    assert export(database, clock, folder) == 1

    written = (folder / "learned.yml").read_text(encoding="utf-8")
    told = capsys.readouterr()
    assert text not in written + told.out + told.err
    assert states(database, lesson, good) == [LessonState.APPROVED, LessonState.EXPORTED]


def test_only_approved_lessons_leave(database: Database, clock: FixedClock, folder: Path, chat: int) -> None:
    learning = Learning(database, clock, lambda _: True)
    learning.propose("ann", "e_receipt", [Utterance(add_parse(database, chat, "甲"), "甲乙")])

    assert export(database, clock, folder) == 0
    assert not (folder / "learned.yml").exists()


def test_the_training_datas_own_check_reads_what_is_written(
    database: Database, clock: FixedClock, folder: Path, approve
) -> None:
    approve("'引号\": #井号 [捂脸] - 横线")
    approve("- 列表开头")

    export(database, clock, folder)

    (block,) = yaml.safe_load((folder / "learned.yml").read_text(encoding="utf-8"))["nlu"]
    assert block["examples"].splitlines() == ["- '引号\": #井号 [捂脸] - 横线", "- - 列表开头"]


def test_the_report_holds_misread_texts_with_their_right_intent(
    database: Database, clock: FixedClock, chat: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told: dict[str, Any] = {"followed": Followed.PICKED, "label": "loan_rate"}
    add_parse(database, chat, "那个利", verdict=Verdict.ASKED_BACK, confidence=0.31234, **told)
    add_parse(database, chat, "那个利？", verdict=Verdict.ASKED_BACK, **told)
    add_parse(database, chat, "合同号12345678901", **told)
    add_parse(database, chat, "读对了", followed=Followed.PICKED, label="e_receipt")
    out = tmp_path / "misread.jsonl"

    assert learn.report(database, clock, timedelta(days=30), out, "ops") == 0

    (row,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert row == {
        "text": "那个利？",
        "intent": "loan_rate",
        "taken_as": "e_receipt",
        "confidence": 0.95,
        "model": "m1",
        "told_by": "picked",
        "on": "2026-11-24",
    }
    assert "1 misread texts, 1 left out" in capsys.readouterr().err


def test_the_command_line_reaches_both(
    database: Database, folder: Path, approve, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    approve("单子打印")
    monkeypatch.setenv("APP_ENV", "test")
    monkeypatch.setenv("SIM_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("DATABASE_URL", str(database.engine.url))

    assert learn.main(["export", "--data", str(folder)]) == 0
    assert learn.main(["report"]) == 0

    assert "1 exported" in capsys.readouterr().out
    with database.reading() as session:
        acts = [(act.username, act.act, act.object_kind) for act in session.scalars(select(AuditAct))]
    assert acts == [(learn.WHO, Act.TEXTS_EXPORTED, "lessons"), (learn.WHO, Act.TEXTS_EXPORTED, "parses")]


def test_the_products_own_training_data_can_be_merged_into() -> None:
    assert learn.DATA == ROOT / "nlu" / "data" / "intents"
    assert merge(learn.DATA, []).refused == []
