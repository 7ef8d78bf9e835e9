"""Amounts, terms and days in the notations customers use."""

from __future__ import annotations

from datetime import date

import pytest
from components.amounts import find_amounts
from components.dates import find_dates
from components.found import without_overlaps
from components.normalise import normalise
from components.phones import find_phones
from components.terms import find_terms

WAN = 10_000 * 100
TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "low_fen", "high_fen"),
    [
        ("20万", 20 * WAN, 20 * WAN),
        ("贷 20 万", 20 * WAN, 20 * WAN),
        ("20w", 20 * WAN, 20 * WAN),
        ("200Ｗ", 200 * WAN, 200 * WAN),
        ("二十万", 20 * WAN, 20 * WAN),
        ("贰拾萬", 20 * WAN, 20 * WAN),
        ("壹拾万元整", 10 * WAN, 10 * WAN),
        ("二三十万", 20 * WAN, 30 * WAN),
        ("三五万", 3 * WAN, 5 * WAN),
        ("三四百万", 300 * WAN, 400 * WAN),
        ("十几万", 11 * WAN, 19 * WAN),
        ("10几万", 11 * WAN, 19 * WAN),
        ("二十几万", 21 * WAN, 29 * WAN),
        ("几十万", 20 * WAN, 90 * WAN),
        ("一百多万", 100 * WAN, 190 * WAN),
        ("二十多万", 20 * WAN, 29 * WAN),
        ("50来万", 50 * WAN, 50 * WAN),
        ("二十来万", 20 * WAN, 20 * WAN),
        ("百把万", 100 * WAN, 100 * WAN),
        ("近百万", 100 * WAN, 100 * WAN),
        ("30万左右", 30 * WAN, 30 * WAN),
        ("20到30万", 20 * WAN, 30 * WAN),
        ("二十万到三十万", 20 * WAN, 30 * WAN),
        ("10-20w", 10 * WAN, 20 * WAN),
        ("1.5个亿", 15_000 * WAN, 15_000 * WAN),
        ("半个亿", 5_000 * WAN, 5_000 * WAN),
        ("一亿三千万", 13_000 * WAN, 13_000 * WAN),
        ("两千万", 2_000 * WAN, 2_000 * WAN),
        ("3k", 300_000, 300_000),
        ("5千", 500_000, 500_000),
        ("两万五", 2_500_000, 2_500_000),
        ("20万5千", 20_500_000, 20_500_000),
        ("12万8", 12_800_000, 12_800_000),
        ("1万2千块", 1_200_000, 1_200_000),
        ("一千二", 120_000, 120_000),
        ("三百块", 30_000, 30_000),
        ("1,200.50元", 120_050, 120_050),
        ("差1块2", 120, 120),
        ("贷500000", 50 * WAN, 50 * WAN),
        ("借五十个行不", 50 * WAN, 50 * WAN),
    ],
)
def test_an_amount_becomes_a_span_in_fen(text: str, low_fen: int, high_fen: int) -> None:
    found = without_overlaps(find_amounts(normalise(text).text))

    assert [one.value for one in found] == [{"low_fen": low_fen, "high_fen": high_fen}]


@pytest.mark.parametrize(
    "text",
    [
        "两千积分",
        "一百多户",
        "三千个工人",
        "万一",
        "千万别",
        "最高几万",
        "3.85%",
        "打95588",
        "13800001234",
        "百百万万",
        "五个人",
    ],
)
def test_a_number_of_something_else_is_no_amount(text: str) -> None:
    assert list(find_amounts(normalise(text).text)) == []


@pytest.mark.parametrize(
    ("text", "low_months", "high_months"),
    [
        ("半年", 6, 6),
        ("一年期", 12, 12),
        ("12个月", 12, 12),
        ("三年", 36, 36),
        ("先用俩月", 2, 2),
        ("一年半", 18, 18),
        ("半年到一年", 6, 12),
        ("3到6个月", 3, 6),
        ("用3-5年", 36, 60),
        ("两三年", 24, 36),
        ("一年多", 12, 23),
        ("分24期", 24, 24),
        ("90天", 3, 3),
        ("一个季度", 3, 3),
    ],
)
def test_a_term_becomes_a_span_in_months(text: str, low_months: int, high_months: int) -> None:
    found = without_overlaps(find_terms(normalise(text).text))

    assert [(one.value, one.role) for one in found] == [({"low_months": low_months, "high_months": high_months}, None)]


@pytest.mark.parametrize(
    "text", ["年检", "年化多少", "每年", "几年有效", "2024年", "三年级", "半年前的回单", "上半年", "3月底"]
)
def test_a_yearly_thing_a_question_or_a_date_is_no_term(text: str) -> None:
    assert list(find_terms(normalise(text).text)) == []


@pytest.mark.parametrize("text", ["开了四年", "营业执照四年了", "公司成立四年", "注册四年了", "干了四年", "四年的老店"])
def test_the_age_of_a_firm_is_told_from_a_term(text: str) -> None:
    (found,) = find_terms(text)

    assert (found.role, found.value) == ("in_business", {"low_months": 48, "high_months": 48})


def test_opening_an_account_or_an_operating_loan_does_not_make_a_term_the_age_of_a_firm() -> None:
    roles = [one.role for text in ("开户三年", "经营快贷三年") for one in find_terms(text)]

    assert roles == [None, None]


def test_an_account_that_has_been_open_for_years_tells_the_age_of_a_firm() -> None:
    roles = [one.role for text in ("在你们这开户三年了", "开户都三年") for one in find_terms(text)]

    assert roles == ["in_business", "in_business"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("上个月", "2026-10-01", "2026-10-31"),
        ("上个月底", "2026-10-31", "2026-10-31"),
        ("下个月5号", "2026-12-05", "2026-12-05"),
        ("月底", "2026-11-30", "2026-11-30"),
        ("4月30号", "2027-04-30", "2027-04-30"),
        ("10月15", "2026-10-15", "2026-10-15"),
        ("去年8月", "2025-08-01", "2025-08-31"),
        ("2024年4月30日", "2024-04-30", "2024-04-30"),
        ("2026-11-01", "2026-11-01", "2026-11-01"),
        ("30号", "2026-11-30", "2026-11-30"),
        ("昨天下午", "2026-11-23", "2026-11-23"),
        ("大前天", "2026-11-21", "2026-11-21"),
        ("三天前", "2026-11-21", "2026-11-21"),
        ("下周三", "2026-12-02", "2026-12-02"),
        ("上周末", "2026-11-21", "2026-11-22"),
        ("本周", "2026-11-23", "2026-11-29"),
        ("上季度", "2026-07-01", "2026-09-30"),
        ("近半年", "2026-05-24", "2026-11-24"),
        ("最近三个月", "2026-08-24", "2026-11-24"),
        ("年底", "2026-12-01", "2026-12-31"),
        ("10月到11月", "2026-10-01", "2026-11-30"),
    ],
)
def test_a_day_is_counted_from_today(text: str, first: str, last: str) -> None:
    found = without_overlaps(find_dates(normalise(text).text, TODAY))

    assert [one.value for one in found] == [{"from": first, "to": last}]


@pytest.mark.parametrize("text", ["2月30号", "13月", "0号", "3号线", "一周一次"])
def test_a_day_that_does_not_exist_is_passed_over(text: str) -> None:
    assert list(find_dates(text, TODAY)) == []


@pytest.mark.parametrize(
    "text", ["13800001234", "138 0000 1234", "138-0000-1234", "１３８００００１２３４", "一三八零零零零一二三四"]
)
def test_a_mobile_number_is_eleven_digits_however_it_is_grouped(text: str) -> None:
    assert [one.value for one in find_phones(normalise(text).text)] == ["13800001234"]


def test_an_account_number_is_not_a_phone() -> None:
    assert list(find_phones("6222138000012345678")) == []
