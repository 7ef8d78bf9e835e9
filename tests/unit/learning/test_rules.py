"""What equal texts are, which sign counts more, and what may never become training data."""

import pytest

from bot.compliance.secrets import MARK
from bot.learning.model import Followed
from bot.learning.rules import MOST_CHARS, normal_form, outweighs, why_unfit


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("回单怎么打？", "回单怎么打"),
        ("U盾 锁了！！", "u盾锁了"),
        ("貸款利率", "贷款利率"),
        ("网银登不上[捂脸]", "网银登不上"),
        ("Ｕ盾丢了", "u盾丢了。。。"),
    ],
)
def test_spelling_and_signs_make_no_other_text(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


def test_a_text_of_signs_alone_keeps_its_signs() -> None:
    assert normal_form("？？") == "？？"
    assert normal_form("？？") != normal_form("!!")


@pytest.mark.parametrize(
    ("sign", "known", "wins"),
    [
        (Followed.SOLVED, None, True),
        (Followed.HUMAN, Followed.RE_ASKED, True),
        (Followed.RE_ASKED, Followed.HUMAN, False),
        (Followed.PICKED, Followed.HUMAN, True),
        (Followed.PICKED, Followed.PICKED, False),
        (Followed.CORRECTED, Followed.PICKED, True),
        (Followed.CORRECTED, Followed.CORRECTED, True),
        (Followed.PICKED, Followed.CORRECTED, False),
    ],
)
def test_the_more_telling_sign_stays(sign: Followed, known: Followed | None, wins: bool) -> None:
    assert outweighs(sign, known) is wins


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("回单怎么打", None),
        ("贷20万用12个月，年化多少", None),
        ("打95588没人接", None),
        ("谢谢👨‍👩‍👧", None),
        ("  ", "empty"),
        ("好" * (MOST_CHARS + 1), "too_long"),
        (f"我的卡号{MARK}", "masked"),
        ("打我13812345678", "personal_data"),
        ("打我138 1234 5678", "personal_data"),
        ("打我１３８１２３４５６７８", "personal_data"),
        ("身份证11010519491231002X", "personal_data"),
        ("卡号6222021001116245702", "personal_data"),
        ("卡号6222021001116245701", "personal_data"),
        ("座机0551-62345678", "personal_data"),
        ("验证码是482913", "personal_data"),
        ("第一行\n第二行", "control_characters"),
        ("回\x07单", "control_characters"),
        ('[合肥]{"entity": "city"}怎么走', "annotation"),
        ("[合肥](city)怎么走", "annotation"),
    ],
)
def test_what_may_be_learned(text: str, reason: str | None) -> None:
    assert why_unfit(text) == reason
