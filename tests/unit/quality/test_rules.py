"""What the machine finds in a chat, who is sampled, what marks come to."""

from datetime import timedelta

import pytest

from bot.quality.model import Mark
from bot.quality.rules import Chat, Rule, Said, findings_of, is_sampled, score_of
from bot.transcripts.model import Speaker
from config.quality import load_quality_form
from tests.factories import MORNING

FORM = load_quality_form()
REP, CUSTOMER, BOT = Speaker.REP, Speaker.CUSTOMER, Speaker.BOT


def line(speaker: Speaker, text: str, after_s: float = 5, *, kind: str = "text", confirmed: bool = False) -> Said:
    return Said(speaker, kind, text, MORNING + timedelta(seconds=after_s), confirmed)


def found(*lines: Said, risk: bool = False) -> dict[str, bool]:
    return findings_of(Chat(MORNING, risk, lines, ("经营快贷",)), FORM)


@pytest.mark.parametrize(("after_s", "is_good"), [(60, True), (60.5, False)])
def test_the_first_word_comes_within_a_minute(after_s: float, is_good: bool) -> None:
    assert found(line(REP, "您好", after_s))[Rule.FIRST_REPLY] is is_good


def test_a_chat_without_a_word_of_the_rep_was_neither_prompt_nor_answered() -> None:
    assert found(line(CUSTOMER, "在吗")) == {"first_reply": False, "answered": False}


@pytest.mark.parametrize(
    ("words", "is_good"),
    [("任何人让您转账都可能是诈骗", True), ("请不要把验证码告诉别人", False), ("请不要告诉任何人验证码", True)],
)
def test_who_may_be_cheated_is_warned(words: str, is_good: bool) -> None:
    assert found(line(REP, words), risk=True)[Rule.FRAUD_TIP] is is_good
    assert Rule.FRAUD_TIP not in found(line(REP, words))


def test_a_warning_from_before_the_rep_came_does_not_count() -> None:
    assert found(line(BOT, "谨防诈骗", -60), line(REP, "您好"), risk=True)[Rule.FRAUD_TIP] is False


def test_words_sent_in_spite_of_a_warning_are_found() -> None:
    assert found(line(REP, "您好"))[Rule.WORDING] is True
    assert found(line(REP, "利率很低", confirmed=True))[Rule.WORDING] is False


def test_identity_is_asked_once() -> None:
    ask = line(REP, "请提供一下您的身份证后四位")
    assert found(ask)[Rule.IDENTITY_ONCE] is True
    assert found(ask, ask)[Rule.IDENTITY_ONCE] is False
    assert Rule.IDENTITY_ONCE not in found(line(REP, "您好"))


@pytest.mark.parametrize(
    ("last", "is_good"),
    [("好的，谢谢！", True), ("嗯嗯 知道了", True), ("好的，那要几天", False), ("谢谢，利率多少", False)],
)
def test_the_last_word_is_ours_or_a_farewell(last: str, is_good: bool) -> None:
    assert found(line(REP, "您好"), line(CUSTOMER, last))[Rule.ANSWERED] is is_good


def test_a_product_named_in_ones_own_words_has_its_rate_beside_it() -> None:
    assert found(line(REP, "可以办经营快贷"))[Rule.ANNUAL_RATE] is False
    assert found(line(REP, "可以办经营快贷"), line(REP, "年化利率3.7%起", kind="product"))[Rule.ANNUAL_RATE] is True
    assert Rule.ANNUAL_RATE not in found(line(REP, "经营快贷", kind="product"))


def test_chance_is_fair_reproducible_and_not_to_be_foreseen() -> None:
    picked = {number for number in range(20_000) if is_sampled(number, "salt", FORM.sample_bp)}

    assert 900 < len(picked) < 1100
    assert picked == {number for number in range(20_000) if is_sampled(number, "salt", FORM.sample_bp)}
    assert len(picked & {number for number in range(20_000) if is_sampled(number, "other", FORM.sample_bp)}) < 100


def test_what_did_not_apply_counts_for_nothing() -> None:
    everything = {item.id: Mark.NOT_APPLICABLE for item in FORM.items}

    assert score_of(FORM.items, everything) == (100, False)
    assert score_of(FORM.items, {**everything, "correct": Mark.GOOD, "complete": Mark.FAIL}) == (62, False)
    assert score_of(FORM.items, {**everything, "correct": Mark.GOOD, "promise": Mark.FAIL}) == (0, True)
    assert score_of(FORM.items, {**everything, "correct": Mark.PART, "promise": Mark.PART}) == (50, False)
