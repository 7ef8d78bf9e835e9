"""Cells as values, and columns by their headers."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.audience.catalogue import get_traits
from bot.audience.columns import guess
from bot.audience.values import TraitValue, UnfitValue, identifier_of, phone_of, text_of, trait_of


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("13800001234", "13800001234"),
        (13800001234, "13800001234"),
        (13800001234.0, "13800001234"),
        ("1.3800001234E+10", "13800001234"),
        ("138-0000-1234", "13800001234"),
        ("+86 138 0000 1234", "13800001234"),
        ("008613800001234", "13800001234"),
        ("'13800001234", "13800001234"),
        ("0551-62881234", "055162881234"),
        ("1380000123", None),
        ("23800001234", None),
        ("无", None),
        (None, None),
    ],
)
def test_phones_are_digits_or_none(cell: Any, phone: str | None) -> None:
    assert phone_of(cell) == phone


@pytest.mark.parametrize(
    ("key", "cell", "value"),
    [
        ("last_used_on", "2026-11-24", TraitValue(day=date(2026, 11, 24))),
        ("last_used_on", "2026/1/4", TraitValue(day=date(2026, 1, 4))),
        ("last_used_on", "2026.11.24", TraitValue(day=date(2026, 11, 24))),
        ("last_used_on", "2026年11月24日", TraitValue(day=date(2026, 11, 24))),
        ("last_used_on", "20261124", TraitValue(day=date(2026, 11, 24))),
        ("last_used_on", "2026-11-24 08:00:00", TraitValue(day=date(2026, 11, 24))),
        ("last_used_on", datetime(2026, 11, 24, 8, tzinfo=UTC), TraitValue(day=date(2026, 11, 24))),
        ("last_used_on", date(2026, 11, 24), TraitValue(day=date(2026, 11, 24))),
        ("last_used_on", 46350, TraitValue(day=date(2026, 11, 24))),
        ("last_used_on", "—", None),
        ("points", "1,234", TraitValue(number=1234)),
        ("points", "1234分", TraitValue(number=1234)),
        ("points", "", None),
        ("upgrade_gap_pct", "8.5%", TraitValue(number=8.5)),
        ("uses_receipts", "Y", TraitValue(number=1)),
        ("uses_receipts", False, TraitValue(number=0)),
        ("uses_receipts", "×", TraitValue(number=0)),
        ("level", "金卡", TraitValue(word="金卡")),
    ],
)
def test_traits_are_read_however_they_are_written(key: str, cell: Any, value: TraitValue | None) -> None:
    assert trait_of(get_traits()[key], cell) == value


@pytest.mark.parametrize(
    ("key", "cell"),
    [
        ("last_used_on", "2026-13-01"),
        ("last_used_on", "昨天"),
        ("last_used_on", 12),
        ("points", "很多"),
        ("points", "nan"),
        ("points", "1e20"),
        ("uses_receipts", "也许"),
        ("level", "至尊"),
    ],
)
def test_what_is_no_such_value_is_refused(key: str, cell: Any) -> None:
    with pytest.raises(UnfitValue):
        trait_of(get_traits()[key], cell)


def test_text_and_identifiers_lose_what_programs_add() -> None:
    assert text_of(" a\0b ") == "ab"
    assert text_of(True) == "是"
    assert text_of(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02"
    assert identifier_of("1e400000") != ""
    assert identifier_of("F1.0x") == "F1.0x"
    assert identifier_of(7.0) == "7"


def test_columns_are_guessed_once_each_by_whole_names_first() -> None:
    headers = ["客户名称", "法人手机号码", "联系电话", "等级", "提级差额(%)", "备注", "OpenID"]

    assert guess(headers, get_traits()) == ["firm_name", "", "phone", "level", "upgrade_gap_pct", "", "openid"]
