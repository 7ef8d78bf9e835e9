"""Which change may follow which, when something may be sent, and who falls into which bucket."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.campaigns import buckets, rules
from bot.campaigns.model import CampaignState, Repeats, WaitWhy
from bot.campaigns.rules import (
    ENDED,
    NEXT,
    bucket,
    check_move,
    edges_of,
    end_of_month,
    eta,
    find_wait,
    hash_of,
    next_midnight,
    next_morning,
    next_run,
    schedule_of,
)
from bot.clock import BANK_ZONE
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import CampaignStateConflict
from bot.knowledge.hours import Day, DayKind
from tests.campaign_worlds import POLICY, add_followers

S = CampaignState


def at(day: str, hour: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=BANK_ZONE)


@pytest.mark.parametrize(("state", "to"), [(one, two) for one in S for two in S], ids=lambda one: one.value)
def test_only_what_the_table_says_may_follow(state: S, to: S) -> None:
    if to in NEXT[state]:
        check_move(state, to)
        return
    with pytest.raises(CampaignStateConflict) as caught:
        check_move(state, to)
    assert caught.value.fields == {"state": state.value}


def test_every_state_has_its_row_and_nothing_comes_after_the_end() -> None:
    assert NEXT.keys() == set(S)
    assert {one for one in S if not NEXT[one]} == ENDED
    # Nothing runs that was not scheduled, and nothing is scheduled that was not approved.
    assert {one for one in S if S.SCHEDULED in NEXT[one]} == {S.APPROVED, S.PLANNING}
    assert {one for one in S if S.APPROVED in NEXT[one]} == {S.IN_REVIEW}


@pytest.mark.parametrize(
    ("now", "waits"),
    [
        (at("2026-11-24", "08:29:59"), (at("2026-11-24", "09:00"), WaitWhy.QUIET_HOURS)),
        (at("2026-11-24", "08:30"), None),
        (at("2026-11-24", "20:29:59"), None),
        (at("2026-11-24", "20:30"), (at("2026-11-25", "09:00"), WaitWhy.QUIET_HOURS)),
        (at("2026-11-28", "10:00"), None),  # a Saturday
        (at("2026-10-01", "10:00"), (at("2026-10-08", "09:00"), WaitWhy.HOLIDAY)),
        (at("2026-09-30", "21:00"), (at("2026-10-08", "09:00"), WaitWhy.QUIET_HOURS)),
    ],
)
def test_quiet_hours_and_holidays(now: datetime, waits: tuple[datetime, WaitWhy] | None) -> None:
    assert find_wait(now, POLICY) == waits


def test_half_past_nine_in_the_evening_becomes_nine_the_next_morning_and_keeps_its_length() -> None:
    evening = at("2026-11-24", "21:30")

    found = schedule_of(evening, evening + timedelta(hours=2), POLICY)

    assert found == (at("2026-11-25", "09:00"), at("2026-11-25", "11:00"), WaitWhy.QUIET_HOURS)


def test_nothing_runs_on_into_the_next_month() -> None:
    last = at("2026-11-30", "19:00")

    assert schedule_of(last, last + timedelta(days=3), POLICY) == (last, at("2026-12-01", "00:00"), None)
    assert end_of_month(at("2026-12-05", "01:00")) == at("2027-01-01", "00:00")


def test_a_calendar_of_holidays_alone_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:

    monkeypatch.setattr(rules, "day_of", lambda _day: Day(DayKind.HOLIDAY, "春节", is_certain=True))

    with pytest.raises(ValueError, match="holidays"):
        next_morning(at("2026-11-24", "10:00"), POLICY)


@pytest.mark.parametrize(
    ("begins", "repeats", "then"),
    [
        (at("2026-11-24", "10:00"), Repeats.DAILY, at("2026-11-25", "10:00")),
        (at("2026-11-24", "10:00"), Repeats.WEEKLY, at("2026-12-01", "10:00")),
        (at("2026-11-24", "10:00"), Repeats.MONTHLY, at("2026-12-24", "10:00")),
        (at("2026-12-31", "10:00"), Repeats.MONTHLY, at("2027-01-31", "10:00")),
        (at("2027-01-31", "10:00"), Repeats.MONTHLY, at("2027-02-28", "10:00")),
    ],
)
def test_when_it_is_due_again(begins: datetime, repeats: Repeats, then: datetime) -> None:
    assert next_run(begins.astimezone(UTC), repeats) == then


def test_what_is_sent_once_is_never_due_again() -> None:
    with pytest.raises(ValueError, match="once"):
        next_run(at("2026-11-24", "10:00"), Repeats.ONCE)


def test_days_begin_anew_at_midnight_in_beijing() -> None:
    assert next_midnight(datetime(2026, 11, 24, 15, 59, tzinfo=UTC)) == at("2026-11-25", "00:01")
    assert next_midnight(datetime(2026, 11, 24, 16, 0, tzinfo=UTC)) == at("2026-11-26", "00:01")


@pytest.mark.parametrize(
    ("left", "still", "wait_minutes", "expected_minutes"),
    [(0, 5, None, None), (2, 4, None, 20), (2, 4, 7, 27), (5, 0, None, 0)],
)
def test_the_end_is_guessed_from_the_pace_so_far(
    left: int, still: int, wait_minutes: int | None, expected_minutes: int | None
) -> None:
    now = at("2026-11-24", "10:10")
    until = now + timedelta(minutes=wait_minutes) if wait_minutes else None

    found = eta(now, at("2026-11-24", "10:00"), left, still, until)

    assert found == (now + timedelta(minutes=expected_minutes) if expected_minutes is not None else None)


def test_shares_end_at_the_buckets_edges() -> None:
    assert edges_of([30, 70]) == [3000, 10000]
    assert edges_of([34, 33, 33]) == [3400, 6700, 10000]


def test_buckets_are_even_and_differ_by_salt_and_place() -> None:
    found = [bucket("salt", one) for one in range(20_000)]

    assert 0 <= min(found) < max(found) < 10_000
    assert abs(sum(one < 500 for one in found) - 1000) < 120
    assert found[:50] != [bucket("other", one) for one in range(50)]
    assert found[:50] != [bucket("salt", one, 4) for one in range(50)]


def test_the_database_finds_the_same_buckets(database: Database) -> None:
    ids = add_followers(database, 50)

    with database.reading() as session:
        buckets.teach(session)
        found = session.execute(
            select(Follower.id, buckets.BucketOf("salt", Follower.id), buckets.BucketOf("salt", Follower.id, 4))
        ).all()

    assert [tuple(row) for row in found] == [(one, bucket("salt", one), bucket("salt", one, 4)) for one in ids]


def test_a_hash_is_of_what_is_said_and_not_of_its_order() -> None:
    assert hash_of({"a": 1, "b": ["早"]}) == hash_of({"b": ["早"], "a": 1})
    assert hash_of({"a": 1}) != hash_of({"a": 2})
