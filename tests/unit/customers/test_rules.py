"""Who may hear what, and which word on a purpose stands."""

from datetime import timedelta

import pytest

from bot.customers.rules import NEEDS, IdentityLevel, Purpose, Standing, Telling, allows, may_hear, present
from tests.factories import MORNING

VISITOR, FOLLOWER, VERIFIED, BOUND = IdentityLevel
FACTS = (Telling.FIRM, Telling.BANK_PHONE, Telling.ACCOUNT, Telling.POINTS, Telling.LOANS)


def test_every_kind_of_telling_has_its_level() -> None:
    assert set(NEEDS) == set(Telling)


@pytest.mark.parametrize("level", IdentityLevel)
@pytest.mark.parametrize("telling", FACTS)
def test_facts_of_a_firm_are_for_those_bound_to_it(level: IdentityLevel, telling: Telling) -> None:
    assert may_hear(level, telling) is (level is BOUND)


@pytest.mark.parametrize("level", IdentityLevel)
def test_general_knowledge_is_for_everybody(level: IdentityLevel) -> None:
    assert may_hear(level, Telling.KNOWLEDGE)


@pytest.mark.parametrize(("level", "hears"), [(VISITOR, False), (FOLLOWER, False), (VERIFIED, True), (BOUND, True)])
def test_what_we_keep_about_him_needs_a_verified_phone(level: IdentityLevel, hears: bool) -> None:
    assert may_hear(level, Telling.PERSONAL_DATA) is hears


def word(purpose: Purpose, granted: bool, minutes: int) -> Standing:
    return Standing(purpose, granted, MORNING + timedelta(minutes=minutes), "v1")


YES, NO = word(Purpose.MARKETING, True, 0), word(Purpose.MARKETING, False, 1)


@pytest.mark.parametrize(
    ("words", "granted"),
    [
        ([YES, NO], False),
        ([NO, YES], False),  # told late: what he said last still counts
        ([NO, word(Purpose.MARKETING, True, 2)], True),
        ([YES, word(Purpose.MARKETING, False, 0)], False),  # of two at once, the one kept later
    ],
)
def test_the_newest_word_stands_whenever_it_arrives(words: list[Standing], granted: bool) -> None:
    assert present(words)[Purpose.MARKETING].granted is granted


def test_each_purpose_stands_alone() -> None:
    found = present([YES, word(Purpose.SMS, False, 0)])

    assert {purpose: one.granted for purpose, one in found.items()} == {Purpose.MARKETING: True, Purpose.SMS: False}


@pytest.mark.parametrize("purpose", Purpose)
def test_silence_is_no_consent_but_lets_the_service_speak(purpose: Purpose) -> None:
    assert allows({}, purpose) is (purpose is Purpose.SERVICE)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("granted", [True, False])
def test_a_word_decides_for_its_purpose(purpose: Purpose, granted: bool) -> None:
    assert allows({purpose: word(purpose, granted, 0)}, purpose) is granted
