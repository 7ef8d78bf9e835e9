"""What follows from a call and when to call again, over the desk's hours and the Chinese calendar."""

from datetime import datetime

import pytest

from bot.clock import BANK_ZONE
from bot.followups import rules
from bot.followups.model import AttemptCode, FollowupOutcome
from bot.followups.rules import Next
from bot.knowledge.content import Skill

DESK = Skill("ebank", "网银服务代表", 9 * 60, 17 * 60 + 30, every_day=False, calls=3)
EVERY_DAY = Skill("fraud", "风险处置专员", 8 * 60, 20 * 60, every_day=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANK_ZONE)


@pytest.mark.parametrize(
    ("code", "tries", "then", "outcome"),
    [
        (AttemptCode.HIMSELF, 0, Next.TALK, None),
        (AttemptCode.SETTLED, 0, Next.FINISH, FollowupOutcome.SOLVED),
        (AttemptCode.SOMEBODY_ELSE, 0, Next.BRANCH, FollowupOutcome.NOT_HIMSELF),
        (AttemptCode.NO_SUCH_NUMBER, 0, Next.BRANCH, FollowupOutcome.WRONG_NUMBER),
        (AttemptCode.NUMBER_CHANGED, 0, Next.DIAL_NEW, None),
        (AttemptCode.PUT_OFF, 0, Next.PUT_OFF, None),
        (AttemptCode.NO_ANSWER, 1, Next.AGAIN, None),
        (AttemptCode.ENGAGED, 2, Next.AGAIN, None),
        (AttemptCode.REFUSED, 3, Next.GIVE_UP, FollowupOutcome.UNREACHABLE),
    ],
)
def test_each_result_decides_the_next_step(
    code: AttemptCode, tries: int, then: Next, outcome: FollowupOutcome | None
) -> None:
    assert rules.after(code, tries) == rules.Step(then, outcome)


def test_every_code_has_a_next_step() -> None:
    assert {code for code in AttemptCode if rules.is_in_vain(code)} == {
        AttemptCode.NO_ANSWER,
        AttemptCode.ENGAGED,
        AttemptCode.REFUSED,
    }


@pytest.mark.parametrize(
    ("code", "now", "again"),
    [
        (AttemptCode.NO_ANSWER, "2026-11-24 10:00", "2026-11-24 15:00"),
        (AttemptCode.NO_ANSWER, "2026-11-24 15:00", "2026-11-25 10:00"),
        (AttemptCode.REFUSED, "2026-11-27 16:00", "2026-11-30 10:00"),
        (AttemptCode.ENGAGED, "2026-11-24 10:00", "2026-11-24 10:30"),
        (AttemptCode.ENGAGED, "2026-11-24 17:20", "2026-11-25 09:00"),
        # 2026-10-01 to 07 is the national holiday.
        (AttemptCode.NO_ANSWER, "2026-09-30 16:00", "2026-10-08 10:00"),
    ],
)
def test_who_was_not_there_is_called_in_another_half_of_a_working_day(code: AttemptCode, now: str, again: str) -> None:
    assert rules.next_try(code, at(now), DESK) == at(again)


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("2026-11-24 10:00", "2026-11-24 10:00"),
        ("2026-11-24 07:00", "2026-11-24 09:00"),
        ("2026-11-24 17:10", "2026-11-24 17:00"),
        ("2026-11-24 21:00", "2026-11-25 09:00"),
        ("2026-11-27 18:00", "2026-11-30 09:00"),
        ("2026-11-28 10:00", "2026-11-30 10:00"),
        # A Sunday that is worked to make up for the holiday (调休).
        ("2026-09-20 10:00", "2026-09-20 10:00"),
    ],
)
def test_a_time_is_moved_to_when_the_desk_is_open(wanted: str, given: str) -> None:
    assert rules.in_hours(at(wanted), DESK) == at(given)


def test_a_desk_open_every_day_calls_on_sundays() -> None:
    assert rules.in_hours(at("2026-11-29 10:00"), EVERY_DAY) == at("2026-11-29 10:00")


def test_the_times_offered_are_in_the_desks_hours_and_in_order() -> None:
    found = rules.suggestions(at("2026-11-27 11:00"), DESK)

    assert found == [at("2026-11-30 10:00"), at("2026-11-30 15:00"), at("2026-12-01 10:00"), at("2026-12-04 10:00")]


@pytest.mark.parametrize(("called", "is_kept"), [("2026-11-24 10:30", True), ("2026-11-24 10:31", False)])
def test_a_promise_is_kept_within_half_an_hour(called: str, *, is_kept: bool) -> None:
    assert rules.is_on_time(at(called), at("2026-11-24 10:00")) is is_kept
