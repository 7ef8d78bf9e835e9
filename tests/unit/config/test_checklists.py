"""The checklists of the product, and each way in which a file of them stops the start."""

from functools import partial
from pathlib import Path

import pytest

from bot.compliance.rules import CheckWording, check_outbound
from bot.followups.checklists import StepKind, lessons_of
from bot.knowledge.content import Content
from config import checklists as loading
from config.checklists import load_checklists
from config.content import load_content
from config.errors import ConfigError
from config.rules import load_wording

SAID = (loading.FOLDER / loading.FILE).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


@pytest.fixture(scope="module")
def check() -> CheckWording:
    return partial(check_outbound, wording=load_wording())


def test_every_call_begins_with_who_is_there_and_a_warning_that_must_be_given(
    content: Content, check: CheckWording
) -> None:
    found = load_checklists(content, check)

    assert {"new_account", "points_expiry", "loan_followup", "dormant", "promised_call"} <= set(found)
    for one in found.values():
        assert [step.kind for step in one.steps[:2]] == [StepKind.VERIFY, StepKind.TIP]
        assert all(step.elder for step in one.steps if step.kind is StepKind.VERIFY)
        if one.proves_identity:
            assert any(item.must for item in one.steps[1].items), one.id


def test_the_new_accounts_lessons_and_the_one_function_of_the_points_call(
    content: Content, check: CheckWording
) -> None:
    found = load_checklists(content, check)

    assert [item.label for item in found["new_account"].untaught([])] == ["转账汇款", "银企对账", "账户使用注意事项"]
    assert [step.picks_one for step in found["points_expiry"].steps].count(True) == 1
    assert {"teach_transfer", "teach_reconcile"} <= set(lessons_of(found))


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("kind: tip", "kind: ask", "must go verify"),
        ("tree: ukey", "tree: nothing", "no tree"),
        ("desk: ebank", "desk: nobody", "no desk"),
        ("{hotline}", "{hotlime}", "unknown blank"),
        ("先跟您提个醒。", "把短信验证码报给我。", "breaks C22"),
        ("id: ask_use", "id: tip_lend", "stands twice"),
        ("  points_expiry:", "  points_other:", "is missing"),
        ("约定下一步\n        say", "约定下一步\n        says", "Field required"),
    ],
)
def test_a_file_that_does_not_fit_stops_the_start(
    content: Content, check: CheckWording, tmp_path: Path, before: str, after: str, problem: str
) -> None:
    assert before in SAID
    (tmp_path / loading.FILE).write_text(SAID.replace(before, after, 1), encoding="utf-8")

    with pytest.raises(ConfigError, match=problem):
        load_checklists(content, check, tmp_path)


def test_a_lesson_is_the_same_in_every_segment(content: Content, check: CheckWording, tmp_path: Path) -> None:
    (tmp_path / loading.FILE).write_text(SAID.replace("一个季度一次", "半年一次", 1), encoding="utf-8")

    with pytest.raises(ConfigError, match="something else in another segment"):
        load_checklists(content, check, tmp_path)


def test_no_file_and_no_yaml_stop_the_start(content: Content, check: CheckWording, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="missing"):
        load_checklists(content, check, tmp_path)
    (tmp_path / loading.FILE).write_text("segments: [", encoding="utf-8")
    with pytest.raises(ConfigError, match="not YAML"):
        load_checklists(content, check, tmp_path)
