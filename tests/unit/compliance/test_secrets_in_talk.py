"""The scrubber over made-up talk: nothing planted survives, and what is no secret stays. The million: tests/slow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.compliance.secrets import MARK, mask_personal, mask_secrets
from config.settings import ROOT
from tests import secret_talk
from tests.secret_talk import Talker, faults, readable, with_id_digit, with_luhn_digit

COUNT = 20_000
SEED = 4
INNOCENT = (ROOT / "tests" / "innocent_talk.txt").read_text(encoding="utf-8").splitlines()
LEAST_INNOCENT = 400
MOST_MASKED_SHARE = 0.005

digits = st.text(alphabet="0123456789", min_size=10, max_size=16)
short = st.from_regex(r"[3-9][0-9]{5}", fullmatch=True)
tails = st.sampled_from(secret_talk.TAILS)
links = st.sampled_from(secret_talk.LINKS)


def test_no_planted_secret_survives() -> None:
    talker = Talker(SEED)

    for talk in talker.talks(COUNT):
        masked = mask_secrets(talk.text)

        assert faults(talk, masked.text, masked.kinds) == []
        assert mask_secrets(masked.text).text == masked.text


def test_for_other_eyes_phones_go_too() -> None:
    talks = [talk for talk in Talker(SEED).talks(5_000) if talk.phones]

    left = [talk.text for talk in talks if any(phone.typed in mask_personal(talk.text) for phone in talk.phones)]

    assert len(talks) > 500
    assert left == []


def test_innocent_messages_stay_as_they_are() -> None:
    masked = [text for text in INNOCENT if mask_secrets(text).text != text]

    assert len(set(INNOCENT)) == len(INNOCENT) >= LEAST_INNOCENT
    assert len(masked) <= MOST_MASKED_SHARE * len(INNOCENT), masked


@given(digits, st.sampled_from(secret_talk.NUMBER_STYLES), st.sampled_from(secret_talk.CARD_TALK))
def test_any_card_in_any_style_and_phrase_is_masked(body, style, phrase) -> None:
    number = with_luhn_digit(f"62{body}")
    typed = style(number)

    assert number[-6:] not in readable(mask_secrets(phrase.replace("#", typed)).text)


@given(
    st.dates(min_value=secret_talk.FIRST_BIRTHDAY),
    st.from_regex(r"[0-9]{3}", fullmatch=True),
    st.sampled_from(secret_talk.AREAS),
    st.sampled_from(secret_talk.ID_STYLES),
    st.sampled_from(secret_talk.ID_TALK),
)
def test_any_id_number_in_any_style_and_phrase_is_masked(birthday, rest, area, style, phrase) -> None:
    number = with_id_digit(f"{area}{birthday:%Y%m%d}{rest}")

    masked = mask_secrets(phrase.replace("#", style(number)))

    assert readable(masked.text).count("|") == 1
    assert masked.kinds == ("id_number",)


@given(short, st.sampled_from(secret_talk.CODE_WORDS), links, tails)
def test_any_code_behind_any_word_is_masked(code, word, link, tail) -> None:
    assert code not in mask_secrets(f"{word}{link}{code}{tail}").text


@given(short, st.sampled_from(secret_talk.PIN_SUBJECTS), st.sampled_from(secret_talk.PIN_WORDS), links, tails)
def test_any_password_behind_any_word_is_masked(pin, subject, word, link, tail) -> None:
    assert pin not in mask_secrets(f"{subject}{word}{link}{pin}{tail}").text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("卡号六二二二零二一二三四五六七八九零一二八", "卡号[已屏蔽]"),
        ("卡号6222.0212.3456.7890.128", "卡号[已屏蔽]"),
        ("身份证11010519491231002×", "身份证[已屏蔽]"),
        ("身份证 110105\n19491231\n002叉", "身份证[已屏蔽]"),
        ("验证码482913人工帮我看看", "验证码[已屏蔽]人工帮我看看"),
        ("验证码482913多久失效", "验证码[已屏蔽]多久失效"),
        ("密码123456千万别告诉别人", "密码[已屏蔽]千万别告诉别人"),
        ("驗證碼 482913", "驗證碼[已屏蔽]"),
        ("pin123456", "pin[已屏蔽]"),
        ("密码是6个8", "密码是[已屏蔽]"),
        ("验证码：4、8、2、9、1、3", "验证码：[已屏蔽]"),
        ("验证码482 913 5000元", "验证码[已屏蔽] 5000元"),
        ("密码123456，旧的654321", "密码[已屏蔽]，旧的[已屏蔽]"),
        ("短信里的482913填哪里", "短信里的[已屏蔽]填哪里"),
        ("密码是1234567890123456", "密码是[已屏蔽]"),
        ("+8613741500740找我", "+8613741500740找我"),
        ("我手机136 2679 3060 验证码894854", "我手机136 2679 3060 验证码[已屏蔽]"),
        ("验证码是95588发来的吗", "验证码是95588发来的吗"),
    ],
)
def test_holes_that_were_found_stay_closed(text: str, masked: str) -> None:
    assert mask_secrets(text).text == masked


def test_a_mark_is_no_secret_and_brings_none_nearer() -> None:
    text = f"密码{MARK}，我想转50000元，贷款 300000 能批吗"

    assert mask_secrets(text).text == text
