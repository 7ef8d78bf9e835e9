"""An alert is raised once per matter, told to supervisors alone, and closed when its cause ends."""

import pytest
from sqlalchemy import select

from bot.alerts.model import Alert, AlertKind, AlertState
from bot.alerts.service import About, close_alert, close_by_hand, raise_alert, see
from bot.db import Database
from bot.errors import AlertStateConflict, NotFound
from bot.events import SUPERVISORS
from bot.outbox import OutboxRow
from bot.staff.model import Role, StaffMember
from tests.factories import MORNING, add_rep

LONG = AlertKind.LONG_WAIT


def add_supervisor(database: Database, username: str = "boss") -> None:
    add_rep(database, username)
    with database.transaction() as session:
        session.get_one(StaffMember, username).role = Role.SUPERVISOR


def told(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(row.type, row.audience) for row in session.scalars(select(OutboxRow).order_by(OutboxRow.id))]


def raised(database: Database, kind: AlertKind = LONG, key: str = "loan") -> bool:
    with database.transaction() as session:
        return raise_alert(session, kind, key, MORNING, About(skill="loan", figures={"wait_s": 130}))


def closed(database: Database, key: str = "loan") -> bool:
    with database.transaction() as session:
        return close_alert(session, LONG, key, MORNING)


def test_a_matter_is_raised_once_until_it_ends_and_then_again(database: Database) -> None:
    add_supervisor(database)
    add_rep(database, "rep01")

    found = [raised(database), raised(database), closed(database), closed(database), raised(database)]

    assert found == [True, False, True, False, True]
    assert told(database) == [(f"alert.{what}", SUPERVISORS) for what in ("raised", "closed", "raised")]
    with database.reading() as session:
        rows = session.scalars(select(Alert).order_by(Alert.id)).all()
    assert [(row.state, row.closed_at) for row in rows] == [(AlertState.CLOSED, MORNING), (AlertState.OPEN, None)]
    assert (rows[1].skill, rows[1].figures) == ("loan", {"wait_s": 130})


def test_raising_twice_in_one_transaction_does_not_end_it(database: Database) -> None:
    with database.transaction() as session:
        assert raise_alert(session, LONG, "loan", MORNING)
        assert not raise_alert(session, LONG, "loan", MORNING)
        assert raise_alert(session, LONG, "ebank", MORNING)

    with database.reading() as session:
        assert set(session.scalars(select(Alert.key))) == {"loan", "ebank"}


def test_who_looked_first_is_kept(database: Database) -> None:
    add_supervisor(database)
    raised(database)

    for username in ("boss", "deputy"):
        with database.transaction() as session:
            see(session, 1, username, MORNING)

    with database.reading() as session:
        alert = session.get_one(Alert, 1)
    assert (alert.state, alert.seen_by) == (AlertState.SEEN, "boss")
    assert told(database) == [("alert.raised", SUPERVISORS), ("alert.seen", SUPERVISORS)]
    assert closed(database)


def test_only_what_happened_is_closed_by_hand(database: Database) -> None:
    raised(database)
    raised(database, AlertKind.LOW_RATING, "7")

    with database.transaction() as session, pytest.raises(AlertStateConflict):
        close_by_hand(session, 1, "boss", MORNING)
    for username in ("boss", "deputy"):
        with database.transaction() as session:
            close_by_hand(session, 2, username, MORNING)

    with database.reading() as session:
        alert = session.get_one(Alert, 2)
    assert (alert.state, alert.closed_by) == (AlertState.CLOSED, "boss")


def test_what_is_not_there_is_told(database: Database) -> None:
    with database.transaction() as session, pytest.raises(NotFound):
        see(session, 1, "boss", MORNING)
