"""Money, rates and terms as owners read them."""

import pytest

from bot.knowledge import rates


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (20_000_000, "20万元"),
        (2_550_000, "2.55万元"),
        (15_000_000_000, "1.5亿元"),
        (850_000, "8,500元"),
        (34_560, "345.60元"),
        (0, "0元"),
        (12_345_600, "123,456元"),
    ],
)
def test_amounts(fen: int, text: str) -> None:
    assert rates.amount_text(fen) == text


def test_a_range_of_amounts() -> None:
    assert rates.amount_range_text(20_000_000, 30_000_000) == "20万–30万元"
    assert rates.amount_range_text(20_000_000, 20_000_000) == "20万元"


@pytest.mark.parametrize(("bp", "text"), [(345, "3.45%"), (400, "4.00%"), (5, "0.05%")])
def test_rates(bp: int, text: str) -> None:
    assert rates.rate_text(bp) == text


@pytest.mark.parametrize(
    ("months", "text"), [(6, "半年"), (8, "8个月"), (12, "1年"), (18, "1年半"), (36, "3年"), (20, "20个月")]
)
def test_terms(months: int, text: str) -> None:
    assert rates.term_text(months) == text


@pytest.mark.parametrize(("years", "text"), [(0.5, "半年"), (1.0, "1年"), (2.5, "2.5年")])
def test_years(years: float, text: str) -> None:
    assert rates.years_text(years) == text


def test_simple_interest_is_exact_to_the_fen() -> None:
    assert rates.simple_interest_fen(20_000_000, 345, 12) == 690_000
    assert rates.simple_interest_fen(20_000_000, 345, 6) == 345_000


def test_equal_instalments_repay_the_loan_exactly_but_for_rounding() -> None:
    payment = rates.instalment_fen(20_000_000, 345, 12)

    owed = 20_000_000.0
    for _ in range(12):
        owed = owed * (1 + 0.0345 / 12) - payment
    assert abs(owed) < 12
