"""Shifts, absences, deputies, skills: written under the rep's version, read by the routing."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from bot.audit.model import Act, AuditAct
from bot.audit.service import Doer
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.desks import queries
from bot.desks.dedication import Dedication, count_customers, customers_of
from bot.desks.model import Absence, AwayFor, Shift
from bot.desks.rosters import NewAbsence, Rosters
from bot.desks.rules import ShiftTemplate
from bot.errors import InvalidInput, NotFound, RosterConflict, VersionStateConflict
from bot.outbox import OutboxRow
from bot.staff.model import Role, StaffMember
from config.shifts import load_shift_templates
from tests.factories import MORNING, add_follower, add_rep

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
BOSS = Doer("boss")


@pytest.fixture
def rosters(database: Database, clock: FixedClock) -> Rosters:
    for username in ("ann", "ben", "cat"):
        add_rep(database, username)
    return Rosters(database, clock, load_shift_templates())


def off(database: Database, clock: FixedClock) -> set[str]:
    with database.reading() as session:
        return queries.off_shift(session, clock.now())


def absence(deputy: str | None = "ben", start: float = -1, end: float = 8, note: str = "") -> NewAbsence:
    return NewAbsence(AwayFor.LEAVE, MORNING + HOUR * start, MORNING + HOUR * end, deputy, note)


def test_a_rep_between_shifts_is_off_and_one_without_a_roster_never(
    rosters: Rosters, database: Database, clock: FixedClock
) -> None:
    rosters.set_week("ann", 1, MONDAY, [(TUESDAY, "day")], BOSS)
    rosters.set_week("ben", 1, MONDAY, [(TUESDAY, "late")], BOSS)

    assert off(database, clock) == {"ben"}
    clock.advance(8 * 3600)
    assert off(database, clock) == {"ann"}
    clock.advance(20 * 24 * 3600)
    assert off(database, clock) == set()


def test_a_week_is_replaced_whole_and_no_other(rosters: Rosters, database: Database) -> None:
    rosters.set_week("ann", 1, MONDAY, [(MONDAY, "day"), (TUESDAY, "day")], BOSS)
    rosters.set_week("ann", 2, MONDAY + WEEK, [(MONDAY + WEEK, "late")], BOSS)
    rosters.set_week("ann", 3, MONDAY, [(TUESDAY, "early")], BOSS)

    with database.reading() as session:
        kept = session.scalars(select(Shift.template).order_by(Shift.starts_at)).all()
        assert kept == ["early", "late"]
        assert session.get_one(StaffMember, "ann").version == 4
        assert set(session.scalars(select(AuditAct.act))) == {Act.SHIFTS_CHANGED}
        assert {row.type for row in session.scalars(select(OutboxRow))} == {"roster.changed"}


def test_the_second_of_two_supervisors_is_told(rosters: Rosters, database: Database) -> None:
    rosters.set_person("ann", 1, ["loan", "general"], 5, BOSS)

    with pytest.raises(VersionStateConflict):
        rosters.set_week("ann", 1, MONDAY, [(TUESDAY, "day")], Doer("deputy"))

    with database.reading() as session:
        ann = session.get_one(StaffMember, "ann")
        assert (ann.skills, ann.capacity) == (["loan", "general"], 5)
        assert session.scalars(select(Shift)).all() == []


@pytest.mark.parametrize(
    ("shifts", "problem"),
    [
        ([(TUESDAY, "day"), (TUESDAY, "late")], RosterConflict),
        ([(TUESDAY, "night")], InvalidInput),
        ([(MONDAY + WEEK, "day")], InvalidInput),
    ],
)
def test_shifts_that_cannot_be(rosters: Rosters, shifts: list[tuple[date, str]], problem: type[Exception]) -> None:
    with pytest.raises(problem):
        rosters.set_week("ann", 1, MONDAY, shifts, BOSS)


def test_last_week_is_copied_to_those_who_have_nothing_yet_once(rosters: Rosters, database: Database) -> None:
    rosters.set_week("ann", 1, MONDAY, [(MONDAY, "day"), (TUESDAY, "late")], BOSS)
    rosters.set_week("ben", 1, MONDAY, [(MONDAY, "day")], BOSS)
    rosters.set_week("ben", 2, MONDAY + WEEK, [(TUESDAY + WEEK, "early")], BOSS)

    copied = [rosters.copy_week(MONDAY, MONDAY + WEEK, BOSS) for _ in range(2)]

    assert copied == [1, 0]
    with database.reading() as session:
        rows = session.scalars(select(Shift).where(Shift.starts_at > MORNING + timedelta(days=3)).order_by(Shift.id))
        assert [(row.rep, row.template) for row in rows] == [("ben", "early"), ("ann", "day"), ("ann", "late")]


def test_who_left_does_not_keep_the_others_from_their_copy(rosters: Rosters, database: Database) -> None:
    for username in ("ann", "ben"):
        rosters.set_week(username, 1, MONDAY, [(MONDAY, "day")], BOSS)
    with database.transaction() as session:
        session.get_one(StaffMember, "ann").is_enabled = False

    assert rosters.copy_week(MONDAY, MONDAY + WEEK, BOSS) == 1


def test_a_night_that_ends_in_the_target_week_does_not_keep_a_rep_from_his_copy(database: Database, clock) -> None:
    night = ShiftTemplate("night", "夜班", time(22), time(6))
    rosters = Rosters(database, clock, {**load_shift_templates(), "night": night})
    add_rep(database, "ann")
    sunday = MONDAY - timedelta(days=1)
    rosters.set_week("ann", 1, sunday - timedelta(days=6), [(sunday, "night")], BOSS)
    rosters.set_week("ann", 2, MONDAY - 2 * WEEK, [(TUESDAY - 2 * WEEK, "day")], BOSS)

    assert rosters.copy_week(MONDAY - 2 * WEEK, MONDAY, BOSS) == 1


def test_a_copy_that_would_overlap_leaves_the_person_alone(database: Database, clock) -> None:
    night = ShiftTemplate("night", "夜班", time(22), time(9))
    rosters = Rosters(database, clock, {**load_shift_templates(), "night": night})
    add_rep(database, "ann")
    sunday = MONDAY - timedelta(days=1)
    rosters.set_week("ann", 1, sunday - timedelta(days=6), [(sunday, "night")], BOSS)
    rosters.set_week("ann", 2, MONDAY - 2 * WEEK, [(MONDAY - 2 * WEEK, "early")], BOSS)

    assert rosters.copy_week(MONDAY - 2 * WEEK, MONDAY, BOSS) == 0


def test_who_is_away_is_off_and_his_deputy_stands_in(rosters: Rosters, database: Database, clock: FixedClock) -> None:
    rosters.set_absence("ann", 1, absence(note="陶老板的续贷下周到期"), BOSS)
    rosters.set_absence("ben", 1, absence("cat", 2, 4), BOSS)

    def deputies() -> dict[str, str]:
        with database.reading() as session:
            return dict(queries.deputies(session, clock.now()))

    assert (off(database, clock), deputies()) == ({"ann"}, {"ann": "ben"})
    clock.advance(2 * 3600)
    assert deputies() == {"ann": "cat", "ben": "cat"}
    clock.advance(6 * 3600)
    assert (off(database, clock), deputies()) == (set(), {})


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (absence(start=3, end=3), "order"),
        (absence("ann"), "deputy"),
        (absence("nobody"), "deputy"),
        (absence("mark"), "deputy"),
        (absence(start=9, end=11), "overlap"),
    ],
)
def test_absences_that_cannot_be(rosters: Rosters, database: Database, wanted: NewAbsence, why: str) -> None:
    add_rep(database, "mark")
    with database.transaction() as session:
        session.get_one(StaffMember, "mark").role = Role.MARKETER
    rosters.set_absence("ann", 1, absence(start=10, end=12), BOSS)

    with pytest.raises(RosterConflict) as told:
        rosters.set_absence("ann", 2, wanted, BOSS)

    assert told.value.fields["reason"] == why


def test_an_absence_ends_now_or_is_taken_away_before_it_began(
    rosters: Rosters, database: Database, clock: FixedClock
) -> None:
    rosters.set_absence("ann", 1, absence(), BOSS)
    rosters.set_absence("ann", 2, absence(start=10, end=12), BOSS)

    for number in (1, 2, 1):
        rosters.end_absence(number, BOSS)

    with database.reading() as session:
        assert [row.ends_at for row in session.scalars(select(Absence))] == [MORNING]
        assert session.get_one(StaffMember, "ann").version == 5
    assert off(database, clock) == set()
    with pytest.raises(NotFound):
        rosters.end_absence(9, BOSS)


def test_only_who_serves_has_a_roster(rosters: Rosters, database: Database) -> None:
    with database.transaction() as session:
        session.get_one(StaffMember, "cat").is_enabled = False

    for username in ("cat", "nobody"):
        with pytest.raises(NotFound):
            rosters.set_person(username, 1, [], 1, BOSS)


def test_a_customer_is_given_to_a_rep_and_handed_back_by_him_alone(
    rosters: Rosters, database: Database, clock: FixedClock
) -> None:
    tao, dedication = add_follower(database), Dedication(database, clock)

    def owner() -> str | None:
        with database.reading() as session:
            return session.get_one(Follower, tao).dedicated_rep

    for _ in range(2):
        dedication.give(tao, "ann", BOSS)
    with database.reading() as session:
        assert [row.id for row in customers_of(session, "ann", None, 10)] == [tao]
        assert count_customers(session) == {"ann": 1}
    dedication.hand_back(tao, "ben", BOSS)
    assert owner() == "ann"
    dedication.hand_back(tao, "ann", BOSS)
    assert owner() is None
    with database.reading() as session:
        assert [act.follower_id for act in session.scalars(select(AuditAct))] == [tao, tao]
    for follower_id, username in ((99, "ann"), (tao, "nobody")):
        with pytest.raises(NotFound):
            dedication.give(follower_id, username, BOSS)
