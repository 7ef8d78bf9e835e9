"""The bank's records spare a bound owner questions about his U-key."""

from dataclasses import replace
from datetime import date

import pytest

from bot.core_bank import AnnualCheck, AnnualCheckState, Certificate, CertificateState, EbankState, Profile
from bot.messages import Understanding
from tests.unit.dialogue.chat import FIRM, Chat

VAGUE = Understanding("affirm", 0.15, (("affirm", 0.15),))
PROFILE = Profile(None, None, AnnualCheck(2026, AnnualCheckState.PASSED, None), EbankState.SIGNED)
KEY = Certificate("U00000011", CertificateState.ACTIVE, date(2028, 8, 8))
SECOND = replace(KEY, certificate_id="U00010011")
KIND = "现在是哪种情况"
NEW = "U盾是刚领的吗"


@pytest.fixture
def bound(chat: Chat) -> Chat:
    chat.firm = FIRM
    chat.bank.profiles["F1"], chat.bank.certificates["F1"] = PROFILE, (KEY,)
    return chat


def _in_state(key: Certificate, state: CertificateState) -> Certificate:
    return replace(key, state=state)


@pytest.mark.parametrize(
    ("state", "words", "advice"),
    [
        (CertificateState.ISSUED, "证书还没激活", "致电95588"),
        (CertificateState.EXPIRED, "2028年8月8日过期了", "证书更新"),
        (CertificateState.LOCKED, "被锁住了", "到网点重置"),
    ],
)
@pytest.mark.parametrize("intent", ["ukey_activate", "ebank_login_fail", "ukey_locked_expired"])
def test_a_certificate_that_cannot_work_is_the_cause_without_a_question(
    bound: Chat, state: CertificateState, words: str, advice: str, intent: str
) -> None:
    bound.bank.certificates["F1"] = (_in_state(KEY, state), _in_state(SECOND, state))

    bound.say("我的登不上", intent)

    assert words in bound.text
    assert advice in bound.text
    assert "解决了" in bound.lines.values()
    assert bound.session.slots["ukey_cause"]


def test_advice_for_the_only_key_that_did_not_help_brings_a_person(bound: Chat) -> None:
    bound.bank.certificates["F1"] = (_in_state(KEY, CertificateState.ISSUED),)

    bound.say("我的登不上", "ebank_login_fail").tap("没解决")

    assert bound.step.handoff is not None
    assert bound.step.handoff.skill == "ebank"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CertificateState.ISSUED, "末四位0011）的证书还没激活"),
        (CertificateState.EXPIRED, "8月8日过期了"),
        (CertificateState.LOCKED, "末四位0011）的证书被锁住了"),
    ],
)
@pytest.mark.parametrize("by_tap", [True, False])
def test_one_bad_key_of_several_is_named_and_the_questions_follow_if_it_was_another(
    bound: Chat, state: CertificateState, words: str, *, by_tap: bool
) -> None:
    bound.bank.certificates["F1"] = (SECOND, _in_state(KEY, state))

    assert words in bound.say("我的登不上", "ebank_login_fail").text
    bound.tap("没解决") if by_tap else bound.say("没用", VAGUE)

    assert KIND in bound.text
    assert bound.step.handoff is None


def test_the_named_key_was_the_one(bound: Chat) -> None:
    bound.bank.certificates["F1"] = (SECOND, _in_state(KEY, CertificateState.ISSUED))

    assert bound.say("我的登不上", "ebank_login_fail").tap("解决了").step.outcome == "solved"


@pytest.mark.parametrize(
    ("certificates", "words"),
    [
        ((KEY,), "都是正常的"),
        ((_in_state(KEY, CertificateState.EXPIRING),), "2028年8月8日到期，现在还能用"),
        (
            (_in_state(KEY, CertificateState.ISSUED), _in_state(SECOND, CertificateState.EXPIRED)),
            "几把U盾的证书都有问题",
        ),
    ],
)
def test_keys_that_work_spare_the_questions_about_activation(
    bound: Chat, certificates: tuple[Certificate, ...], words: str
) -> None:
    bound.bank.certificates["F1"] = certificates

    bound.say("我的登不上", "ebank_login_fail")

    assert words in bound.text
    assert KIND in bound.text


def test_who_asks_about_a_certificate_that_ends_soon_is_told_how_to_renew_it(bound: Chat) -> None:
    bound.bank.certificates["F1"] = (_in_state(KEY, CertificateState.EXPIRING),)

    bound.say("我的盾是不是该换了", "ukey_locked_expired")

    assert "证书更新" in bound.text
    assert "解决了" in bound.lines.values()


def test_a_suspended_sign_up_is_told_when_the_keys_are_in_order(bound: Chat) -> None:
    bound.bank.profiles["F1"] = replace(PROFILE, ebank=EbankState.SUSPENDED)

    assert "停用状态" in bound.say("我的登不上", "ebank_login_fail").text


def test_a_firm_without_a_key_is_asked_and_shown_how_to_sign_up(bound: Chat) -> None:
    bound.bank.certificates["F1"] = ()

    bound.say("我的登不上", "ebank_login_fail")

    assert NEW in bound.text
    assert "还没开通网银" in bound.lines.values()


def test_a_silent_bank_is_admitted_and_the_questions_lead_on(bound: Chat) -> None:
    bound.bank.is_down = True

    bound.say("我的登不上", "ebank_login_fail")

    assert "暂时查不到" in bound.text
    assert NEW in bound.text


def test_a_firm_the_bank_does_not_know_is_asked_as_everybody(bound: Chat) -> None:
    del bound.bank.certificates["F1"]

    assert bound.say("我的登不上", "ebank_login_fail").said[0] == "ebank_login_fail"


@pytest.mark.parametrize(
    ("intent", "words"),
    [("ukey_activate", "U盾插上没反应"), ("ukey_lost", "U盾丢了"), ("ebank_login_fail", "手机银行一直闪退")],
)
def test_what_the_owner_sees_himself_needs_no_records(bound: Chat, intent: str, words: str) -> None:
    bound.say(words, intent)

    assert bound.bank.asked == []


def test_who_is_not_bound_is_asked_and_nobody_is_looked_up(chat: Chat) -> None:
    chat.say("我的登不上", "ebank_login_fail")

    assert NEW in chat.text
    assert chat.bank.asked == []
