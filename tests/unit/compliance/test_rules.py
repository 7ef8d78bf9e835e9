"""What may go out, and which words of a follower smell of fraud: the rules on small word lists of the test's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compliance.rules import (
    Finding,
    FraudKind,
    FraudScript,
    FraudWords,
    Grade,
    Wording,
    WordRule,
    check_outbound,
    fraud_words,
)

WORDING = Wording(
    rules=(
        WordRule("C5", ("保本", "最低利率", "转发+红包"), Grade.BLOCK, "消保", "2026-11-01", unless=("确保本",)),
        WordRule("C5", ("免费",), Grade.WARN, "消保", "2026-11-01"),
    ),
    warnings=("不要相信",),
)
FRAUD = FraudWords(
    scripts=(
        FraudScript("F2", strong=("刷流水",)),
        FraudScript("F3", strong=("让我+u盾+寄",), weak=("寄+u盾",), unless=("到期",)),
    ),
    victim=FraudScript("victim", strong=("被骗",), weak=("已经转",), unless=("回单",)),
    innocent=("怕被骗",),
    learning=("科普",),
)


def rules_of(text: str) -> list[str]:
    return [finding.rule for finding in check_outbound(text, wording=WORDING)]


@pytest.mark.parametrize(
    "text",
    [
        "请把验证码发给我",
        "麻烦提供一下您的密码",
        "您的U盾PIN是多少",
        "请提供完整卡号",
        "把CVV2拍给我",
        "您密码是什么",
        "别担心,把验证码发我",
        "不会操作的话把密码发给我",
        "谨防诈骗,请把验证码发给我核对",
        "不要相信别的电话,把密码告诉我",
        "请把 验证码\u200b发给我",
        "请提供Ｐｉｎ码",
    ],
)
def test_text_that_asks_for_a_secret_is_blocked(text) -> None:
    assert "C22" in rules_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "请不要发送密码",
        "不要告诉任何人密码",
        "请勿在聊天中发送密码、验证码。",
        "我们不会向您索要验证码",
        "凡是让您提供验证码的都是骗子",
        "骗子会让您告诉他验证码",
        "系统会把验证码发到您手机",
        "点击获取验证码,短信会发送验证码到您手机",
        "请提供卡号后四位",
        "密码错了6次会锁定,需要到网点重置",
        "云口令请发给我",
        "您好",
        "",
    ],
)
def test_warning_or_harmless_word_about_secrets_goes_out(text) -> None:
    assert "C22" not in rules_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "日息万五",
        "利率3.45%",
        "月息5厘",
        "一天只要3元",
        "利息每万元2元",
        "3元/天",
        "利率低至千分之三",
        "日息万三,年化利率请咨询客服",
        "贷款利息低至万分之二一天,年化利率详见合同",
        "日息0.03%(年化利率请咨询客服)",
        "年化利率请询客服,日息0.03%",
        "年化利率(见合同)日息低至0.03%",
        "利息低,年化利率只要0.02% 一天",
        "利息低至年化利率百分之零点零二每天,日息万二",
    ],
)
def test_price_of_credit_without_the_annual_rate_is_blocked(text) -> None:
    assert rules_of(text) == ["C1"]


@pytest.mark.parametrize(
    "text",
    [
        "年化利率3.45%,日息约万一",
        "年化利率（单利）：3.45％起，日息约万一",
        "年化百分之三点四五,日息约万一",
        "日息约万一,折合综合年化成本约3.6%",
        "利率3.45%（年化，单利）",
        "按年化利率（单利）{rate}估算,每万元每天利息约1元",
        "年化利率（单利），每家不一样：\n{rates}\n日息约万一",
        "利率以审批为准",
        "贷款20万元,期限12个月",
        "3元一份",
    ],
)
def test_annual_rate_or_no_price_at_all_is_fine(text) -> None:
    assert rules_of(text) == []


def test_bad_words_are_found_with_their_grade() -> None:
    found = check_outbound("保本理财,免费咨询。转发有红包!", wording=WORDING)

    assert found == [Finding("C5", "保本"), Finding("C5", "免费", Grade.WARN), Finding("C5", "转发+红包")]


@pytest.mark.parametrize("text", ["请确保本人操作", "不要相信保本的说法", "转发给同事。红包另说"])
def test_chance_hits_and_warnings_are_no_bad_words(text) -> None:
    assert rules_of(text) == []


def test_warning_excuses_only_its_own_sentence() -> None:
    assert rules_of("不要相信骗子。我们保本") == ["C5"]


def test_excerpts_are_short_enough_to_show() -> None:
    long = "请把验证码发给我" + "啊" * 200

    assert all(len(finding.excerpt) <= 30 for finding in check_outbound(long, wording=WORDING))


@pytest.mark.parametrize(
    ("text", "kind", "scripts"),
    [
        ("有人帮我刷流水", FraudKind.SUSPECTED, ("F2",)),
        ("刷 流 水", FraudKind.SUSPECTED, ("F2",)),
        ("他让我把U盾寄过去", FraudKind.SUSPECTED, ("F3",)),
        ("到期了,他让我把U盾寄过去", FraudKind.SUSPECTED, ("F3",)),
        ("寄Ｕ盾行吗", FraudKind.SUSPECTED, ("F3",)),
        ("我被骗了", FraudKind.VICTIM, ()),
        ("刷流水被骗了", FraudKind.VICTIM, ("F2",)),
        ("我已经转了", FraudKind.VICTIM, ()),
        ("怕被骗,他让我刷流水", FraudKind.SUSPECTED, ("F2",)),
    ],
)
def test_fraud_is_recognised(text, kind, scripts) -> None:
    signal = fraud_words(text, words=FRAUD)

    assert signal is not None
    assert (signal.kind, signal.scripts) == (kind, scripts)
    assert len(set(signal.words)) == len(signal.words) > 0


@pytest.mark.parametrize(
    "text", ["U盾到期要寄回吗", "我怕被骗", "科普一下刷流水", "已经转了,回单怎么打", "贷款20万", ""]
)
def test_innocent_text_is_no_fraud(text) -> None:
    assert fraud_words(text, words=FRAUD) is None


@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    assert isinstance(check_outbound(text, wording=WORDING), list)
    fraud_words(text, words=FRAUD)
