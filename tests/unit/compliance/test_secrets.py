"""What is masked, what must stay readable, and that masking is final."""

import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.compliance.secrets import MARK, mask_personal, mask_secrets

CARD = "6222021234567890128"
ID_NUMBER = "11010519491231002X"


def luhn(body: str) -> str:
    """A card number: the body and its check digit."""
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(body)))
    return body + str(-total % 10)


@pytest.mark.parametrize(
    ("text", "masked", "kinds"),
    [
        (
            "我U盾密码是12345678,验证码 482913,帮我激活",
            "我U盾密码是[已屏蔽],验证码[已屏蔽],帮我激活",
            ("ukey_pin", "sms_code"),
        ),
        (f"卡号{luhn('622202123456789012')}余额", "卡号[已屏蔽]余额", ("card",)),
        ("我的卡 4111 1111 1111 1111 丢了", "我的卡[已屏蔽] 丢了", ("card",)),
        ("4111-1111-1111-1111", "[已屏蔽]", ("card",)),
        ("４１１１１１１１１１１１１１１１", "[已屏蔽]", ("card",)),
        (f"身份证{ID_NUMBER}", "身份证[已屏蔽]", ("id_number",)),
        (f"身份证{ID_NUMBER.lower()}", "身份证[已屏蔽]", ("id_number",)),
        ("老身份证110105491231002", "老身份证[已屏蔽]", ("id_number",)),
        ("验证码是482913", "验证码是[已屏蔽]", ("sms_code",)),
        ("482913是验证码", "[已屏蔽]是验证码", ("sms_code",)),
        ("校验码：4829", "校验码：[已屏蔽]", ("sms_code",)),
        ("code 482913", "code[已屏蔽]", ("sms_code",)),
        ("密码abc12345", "密码[已屏蔽]", ("password",)),
        ("密码是qwerty", "密码是[已屏蔽]", ("password",)),
        ("支付密码：123456", "支付密码：[已屏蔽]", ("password",)),
        ("密码一二三四五六", "密码[已屏蔽]", ("password",)),
        ("PIN 123456", "PIN[已屏蔽]", ("password",)),
        ("cvv 123", "cvv[已屏蔽]", ("cvv",)),
        ("安全码是123", "安全码是[已屏蔽]", ("cvv",)),
    ],
)
def test_secret_is_masked(text, masked, kinds) -> None:
    found = mask_secrets(text)

    assert (found.text, found.kinds) == (masked, kinds)


@pytest.mark.parametrize(
    "text",
    [
        "贷款20万",
        "密码错误6次",
        "密码是多少",
        "我忘记密码了",
        "验证码收不到",
        "登录密码怎么改",
        "合同号12345678901234",
        "2026年11月24日还款50000元",
        "密码忘了,打95588有用吗",
        "云口令怎么用",
        "转账1234567890元",
        "4111111111111112",
        "验证码,95588说收不到",
        "密码是reset",
        "110105194912310021",
        "",
    ],
)
def test_harmless_text_stays_as_it_is(text) -> None:
    found = mask_secrets(text)

    assert (found.text, found.kinds) == (text, ())


def test_phone_is_told_but_stays_for_the_call_back() -> None:
    found = mask_secrets("打我电话13812345678")

    assert (found.text, found.kinds) == ("打我电话13812345678", ("phone",))


def test_code_after_a_phone_is_masked_and_the_phone_is_not() -> None:
    found = mask_secrets("手机13812345678,验证码482913")

    assert found.text == "手机13812345678,验证码[已屏蔽]"
    assert set(found.kinds) == {"sms_code", "phone"}


@given(st.text(alphabet="密码验证卡号是的U盾cvpin0123456789 -,。xX一二三[已屏蔽]元次１２３", max_size=60))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask_secrets(text).text

    assert mask_secrets(once).text == once


@given(st.from_regex(r"[1-9][0-9]{11,17}", fullmatch=True), st.sampled_from(["", " ", "-"]))
def test_every_valid_card_is_masked_however_it_is_spaced(body: str, gap: str) -> None:
    number = luhn(body)
    # Thirteen digits that are a mobile phone with the country's code are one: he wants to be called back there.
    assume(not re.fullmatch(r"861[3-9]\d{9}", number))
    spaced = gap.join(number[at : at + 4] for at in range(0, len(number), 4))

    found = mask_secrets(f"卡{spaced}。")

    assert number not in found.text.replace(gap, "") if gap else number not in found.text
    assert MARK in found.text


@given(st.from_regex(r"[0-9]{4,8}", fullmatch=True))
def test_every_code_beside_its_keyword_is_masked(code: str) -> None:
    assert mask_secrets(f"验证码是{code}").text == f"验证码是{MARK}"


@given(st.text(max_size=200))
def test_any_text_is_survived_and_never_gains_digits(text: str) -> None:
    found = mask_secrets(text)

    assert sum(char.isdecimal() for char in found.text) <= sum(char.isdecimal() for char in text)


@pytest.mark.parametrize("unit", ["1", "密码", "1 ", "密码a", "验证码1", "1-"])
def test_time_grows_with_the_length_and_not_faster(unit) -> None:
    def once(count: int) -> float:
        started = time.perf_counter()
        mask_secrets(unit * count)
        return time.perf_counter() - started

    # The best of three: a busy machine slows some runs, never speeds one up.
    short, long = (min(once(count) for _ in range(3)) for count in (1000, 4000))

    assert long < 16 * max(short, 0.002)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打我13812345678，谢谢", "打我[已屏蔽]，谢谢"),
        ("+86 138 1234 5678", "+[已屏蔽]"),
        ("13812345678或13912345678", "[已屏蔽]或[已屏蔽]"),
        ("身份证11010519491231002X，电话１３８１２３４５６７８", "身份证[已屏蔽]，电话[已屏蔽]"),
        ("打95588", "打95588"),
    ],
)
def test_for_other_eyes_phones_are_blacked_out_too(text: str, masked: str) -> None:
    assert mask_personal(text) == masked
    assert mask_personal(masked) == masked
