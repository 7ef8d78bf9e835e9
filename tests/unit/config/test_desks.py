"""The desks' rules: what stands in the file is read, and what cannot be is told with its place."""

from pathlib import Path

import pytest

from bot.desks.model import Order, Strategy
from config.desks import FILE, load_desk_rules, load_thresholds
from config.errors import ConfigError

ROW = """
  strategy: round_robin
  order: window
  weight: 2
  offer_s: 20
  misses_before_break: 2
  dedicated_wait_s: 60
  last_rep_wait_s: 40
  overflow_to: null
  overflow_after_s: 60
  first_reply_s: 60
  wrap_up_s: 30
  alerts: {wait_s: 120, service_level_percent: 60, nobody_ready: true}
"""


def write(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_rules_name_every_desk() -> None:
    found = load_desk_rules(("loan", "ebank", "general", "complaint", "fraud"))

    assert (found["loan"].overflow_to, found["fraud"].weight) == ("general", 2)


def test_a_desk_is_read_as_written(tmp_path: Path) -> None:
    folder = write(tmp_path, f"loan:{ROW}")
    rules, thresholds = load_desk_rules(["loan"], folder)["loan"], load_thresholds(["loan"], folder)["loan"]

    assert (rules.strategy, rules.order, rules.weight) == (Strategy.ROUND_ROBIN, Order.WINDOW, 2)
    assert (thresholds.wait_s, thresholds.nobody_ready) == (120, True)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("loan: [", "file"),
        ("loan: {weight: 1}", "loan.strategy"),
        (f"loan:{ROW}".replace("round_robin", "by_lot"), "loan.strategy"),
        (f"loan:{ROW}".replace("offer_s: 20", "offer_s: 4"), "loan.offer_s"),
        (f"loan:{ROW}".replace("overflow_to: null", "overflow_to: loan"), "loan.overflow_to"),
        (f"loan:{ROW}".replace("overflow_to: null", "overflow_to: moon"), "loan.overflow_to"),
        (f"loan:{ROW}".replace("percent: 60", "percent: 101"), "loan.alerts.service_level_percent"),
        (f"ebank:{ROW}", "ebank, loan"),
    ],
)
def test_what_cannot_be_is_told_with_its_place(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(ConfigError) as told:
        load_desk_rules(["loan"], write(tmp_path, text))

    assert place in str(told.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is missing"):
        load_desk_rules(["loan"], tmp_path)
