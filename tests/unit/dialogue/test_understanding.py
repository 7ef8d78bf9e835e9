"""From a guess to an intent; and keyword rules for when the model is away."""

import pytest

from bot.dialogue.understanding import by_keywords, judge
from bot.knowledge.content import Content
from bot.messages import Understanding


@pytest.mark.parametrize(
    ("ranking", "intent"),
    [
        ((("a", 0.9), ("b", 0.05)), "a"),
        ((("a", 0.44), ("b", 0.05)), None),
        ((("a", 0.5), ("b", 0.4)), None),
        ((("a", 0.65), ("b", 0.4)), "a"),
    ],
)
def test_a_guess_counts_above_the_floor_and_ahead_of_the_second(
    ranking: tuple[tuple[str, float], ...], intent: str | None
) -> None:
    assert judge(Understanding("a", ranking[0][1], ranking), floor=0.45, ambiguity=0.2).intent == intent


def test_candidates_leave_out_noise_and_out_of_scope() -> None:
    guess = Understanding("out_of_scope", 0.3, (("out_of_scope", 0.3), ("a", 0.2), ("b", 0.01)))

    assert judge(guess, 0.45, 0.2).candidates == ("a",)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("我想贷款", "loan_apply"),
        ("利率是多少", "loan_rate"),
        ("回单怎么打", "e_receipt"),
        ("灰单", "e_receipt"),
        ("银企对帐", "reconciliation"),
        ("代发工资怎么弄", "payroll"),
        ("积分快到期了", "points_expiry"),
        ("积分能换什么", "points_redeem"),
        ("U盾被锁住了", "ukey_locked_expired"),
        ("优盾用不了", "ukey_activate"),
        ("网银登不上", "ebank_login_fail"),
        ("转人工", "human_agent"),
        ("我要投诉", "complaint"),
        ("我被骗了", "fraud_victim"),
        ("怎么销户", "account_close"),
        ("提前还款", "loan_early_repayment"),
        ("咕噜", "out_of_scope"),
    ],
)
def test_keywords_find_the_common_wishes(content: Content, text: str, intent: str) -> None:
    assert by_keywords(text, content).intent == intent


def test_at_least_thirty_intents_have_keywords(content: Content) -> None:
    assert len(content.keywords) >= 30


@pytest.mark.parametrize(
    ("text", "low_yuan", "high_yuan"),
    [
        ("借20万", 200_000, 200_000),
        ("二十万", 200_000, 200_000),
        ("二三十万", 200_000, 300_000),
        ("三五万", 30_000, 50_000),
        ("1.5个亿吧，1.5亿", 150_000_000, 150_000_000),
        ("20w", 200_000, 200_000),
        ("三十五万", 350_000, 350_000),
    ],
)
def test_keywords_find_amounts(content: Content, text: str, low_yuan: int, high_yuan: int) -> None:
    amount = by_keywords(text, content).entity("amount")

    assert amount is not None
    assert amount.value == {"low_fen": low_yuan * 100, "high_fen": high_yuan * 100}


def test_keywords_tell_a_term_from_years_in_business(content: Content) -> None:
    found = by_keywords("用半年，开了四年", content)

    term, years = found.entity("term"), found.entity("term", "in_business")
    assert term is not None
    assert term.value == {"low_months": 6, "high_months": 6}
    assert years is not None
    assert years.value == {"low_months": 48, "high_months": 48}


def test_keywords_find_phones_and_products(content: Content) -> None:
    found = by_keywords("138 0000 1234，问税务贷", content)

    phone, product = found.entity("phone"), found.entity("product")
    assert phone is not None
    assert phone.value == "13800001234"
    assert product is not None
    assert product.value == "shuiwudai"
