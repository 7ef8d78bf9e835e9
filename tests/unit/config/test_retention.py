"""The retention table: what a wrong line stops, and that no table of the product is forgotten."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Column, Integer, Table, select

from bot.db import Base
from bot.privacy.registry import NOT_PERSONAL, PERSONAL, belonging
from bot.privacy.rules import Action
from config.errors import ConfigError
from config.retention import FILE, FOLDER, load_retention
from config.settings import ROOT

GOOD = {
    "label": "推送",
    "table": "inbox",
    "at": "received_at",
    "keep_min_days": 0,
    "keep_max_days": 3,
    "action": "delete",
    "basis": "最短必要",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_text((FOLDER / FILE).read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def with_class(folder: Path, **changes: Any) -> Path:
    rows = yaml.safe_load((folder / FILE).read_text(encoding="utf-8"))
    rows["classes"]["odd"] = {**GOOD, **changes}
    (folder / FILE).write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    return folder


def test_the_product_s_own_table_loads() -> None:
    classes = load_retention().classes

    assert len({one.id for one in classes}) == len(classes) > 15
    parses = next(one for one in classes if one.id == "parses")
    assert (parses.keep_max_days, parses.action) == (180, Action.DELETE)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"table": "nowhere"}, "classes.odd.table"),
        ({"at": "openid"}, "classes.odd.at"),
        ({"at": "nothing"}, "classes.odd.at"),
        ({"where": {"colour": ["red"]}}, "classes.odd.where.colour"),
        ({"once": {"conversations.colour": "set"}}, "classes.odd.once.conversations.colour"),
        ({"keep_min_days": 4}, "classes.odd.keep_min_days"),
        ({"action": "seal"}, "classes.odd.keep_min_days"),
        ({"action": "blank"}, "classes.odd.action"),
        (
            {"action": "seal", "table": "console_sessions", "at": "last_seen_at", "keep_min_days": 9},
            "classes.odd.action",
        ),
        ({"action": "burn"}, "classes.odd.action"),
        ({"keep_max_days": -1}, "classes.odd.keep_max_days"),
        ({"basis": ""}, "classes.odd.basis"),
        ({"where": {"state": []}}, "classes.odd.where.state"),
        ({"table": "consents", "at": "recorded_at", "not_before": "followers.label"}, "classes.odd.not_before"),
        ({"table": "consents", "at": "recorded_at", "not_before": "followers.colour"}, "classes.odd.not_before"),
        ({"not_before": "processed_at"}, "classes.odd.not_before"),
    ],
)
def test_a_wrong_class_stops_the_start_and_is_named(folder: Path, changes: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError) as stopped:
        load_retention(with_class(folder, **changes))

    assert FILE in str(stopped.value)
    assert key in str(stopped.value)


def test_a_missing_or_broken_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="missing"):
        load_retention(tmp_path)
    (tmp_path / FILE).write_text("classes: [", encoding="utf-8")
    with pytest.raises(ConfigError, match="not YAML"):
        load_retention(tmp_path)


def test_every_table_is_either_personal_or_said_to_be_none() -> None:
    assert {entry.name for entry in PERSONAL} | NOT_PERSONAL.keys() == Base.metadata.tables.keys()
    assert not {entry.name for entry in PERSONAL} & NOT_PERSONAL.keys()


@pytest.mark.parametrize("entry", PERSONAL, ids=lambda entry: entry.name)
def test_the_registry_names_columns_that_exist(entry) -> None:
    columns = Base.metadata.tables[entry.name].columns

    assert {entry.link, *entry.columns, *entry.empty} <= set(columns.keys())
    for name, value in entry.empty.items():
        assert value is not None or columns[name].nullable, name


def test_a_new_table_that_nobody_placed_stops_the_start(folder: Path) -> None:
    table = Table("newcomers", Base.metadata, Column("id", Integer, primary_key=True))
    try:
        with pytest.raises(ConfigError, match="newcomers"):
            load_retention(folder)
    finally:
        Base.metadata.remove(table)


def without(folder: Path, part: str, name: str) -> Path:
    rows = yaml.safe_load((folder / FILE).read_text(encoding="utf-8"))
    del rows[part][name]
    (folder / FILE).write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    return folder


def test_personal_data_without_a_keeping_time_stop_the_start(folder: Path) -> None:
    with pytest.raises(ConfigError, match="followups"):
        load_retention(without(folder, "classes", "followups"))


@pytest.mark.parametrize(
    ("part", "name", "problem"),
    [
        ("classes", "lessons_waiting", "'lessons' with state answer_wanted, proposed, sent_back are of no class"),
        ("classes", "lessons_exported", "'lessons' with state exported are of no class"),
        ("classes", "contact", "'followers' with firm_id unset are of no class"),
        ("classes", "chats_with_people", "'lines' with conversations.queued_at set are of no class"),
        ("waiting", "inbox", "'inbox' with state new, working are of no class"),
    ],
)
def test_rows_of_no_class_stop_the_start(folder: Path, part: str, name: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        load_retention(without(folder, part, name))


@pytest.mark.parametrize(
    "waiting", [{"inbox": {"state": ["asleep"]}}, {"inbox": {"openid": ["o"]}}, {"nowhere": {"x": ["y"]}}]
)
def test_a_wait_in_a_state_that_does_not_exist_stops_the_start(folder: Path, waiting: dict[str, Any]) -> None:
    rows = yaml.safe_load((folder / FILE).read_text(encoding="utf-8"))
    rows["waiting"] |= waiting
    (folder / FILE).write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")

    with pytest.raises(ConfigError, match="waiting"):
        load_retention(folder)


def test_a_process_that_imports_no_api_knows_every_table_too() -> None:
    # Of its own: in this one the tests have imported everything.
    load = "import bot.bootstrap; from config.retention import load_retention; load_retention()"

    found = subprocess.run([sys.executable, "-c", load], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("entry", PERSONAL, ids=lambda entry: entry.name)
def test_a_row_belongs_to_a_follower_through_the_table_its_link_names(entry) -> None:
    """Otherwise the number of a call or a lead would be taken for that of a follower."""
    if entry.link in ("id", "openid", "follower_id"):
        return

    asked = str(belonging(entry, select(Base.metadata.tables["followers"].c.id)))

    assert f"FROM {entry.link.removesuffix('_id')}s" in asked
