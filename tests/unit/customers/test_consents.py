"""The consent ledger: words are added, never rewritten, and the opt-out mark follows the newest one."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError

from bot.customers.consents import Proof, is_allowed, keep_word, standing_of, withdraw
from bot.customers.model import Consent, Follower
from bot.customers.rules import MARKETING_STOP, Purpose
from bot.db import Database
from tests.factories import MORNING, add_follower

LATER = MORNING + timedelta(minutes=5)


def proof(number: int) -> Proof:
    return Proof("bank_page", "2026-11", f"evt{number}")


def say(database: Database, follower_id: int, number: int, at=MORNING, *, granted: bool) -> None:
    with database.transaction() as session:
        follower = session.get_one(Follower, follower_id)
        keep_word(session, follower, Purpose.MARKETING, at, LATER, proof(number), granted=granted)


def opted_out_at(database: Database):
    with database.reading() as session:
        return session.scalars(select(Follower.opted_out_at)).one()


def test_a_word_is_kept_with_its_proof(database: Database) -> None:
    say(database, add_follower(database), 1, granted=True)

    with database.reading() as session:
        row = session.scalars(select(Consent)).one()
    assert (row.purpose, row.granted, row.text_version, row.channel, row.proof, row.at, row.recorded_at) == (
        Purpose.MARKETING,
        True,
        "2026-11",
        "bank_page",
        "evt1",
        MORNING,
        LATER,
    )


def test_the_mark_of_having_opted_out_follows_the_newest_word(database: Database) -> None:
    follower = add_follower(database)

    say(database, follower, 1, granted=False)
    assert opted_out_at(database) == MORNING
    say(database, follower, 2, LATER, granted=True)
    assert opted_out_at(database) is None


def test_a_yes_that_arrives_late_does_not_undo_a_no(database: Database) -> None:
    follower = add_follower(database)
    say(database, follower, 1, LATER, granted=False)

    say(database, follower, 2, MORNING, granted=True)

    assert opted_out_at(database) == LATER
    with database.reading() as session:
        assert not is_allowed(session, follower, Purpose.MARKETING)


def test_a_withdrawal_ends_all_it_names_and_is_written_once(database: Database) -> None:
    follower_id = add_follower(database)
    say(database, follower_id, 1, granted=True)

    for number in (2, 3):
        with database.transaction() as session:
            withdraw(session, session.get_one(Follower, follower_id), MARKETING_STOP, LATER, proof(number))

    with database.reading() as session:
        standing = standing_of(session, follower_id)
        rows = session.scalars(select(Consent.proof).order_by(Consent.id)).all()
    assert {purpose: word.granted for purpose, word in standing.items()} == dict.fromkeys(MARKETING_STOP, False)
    assert rows == ["evt1", "evt2", "evt2", "evt2"]
    assert opted_out_at(database) == LATER


@pytest.mark.parametrize("change", ["granted = true", "at = '2020-01-01'", "proof = 'x'"])
def test_a_kept_word_cannot_be_rewritten(database: Database, change: str) -> None:
    say(database, add_follower(database), 1, granted=False)

    with pytest.raises(DBAPIError, match="never rewritten"), database.transaction() as session:
        session.execute(text(f"UPDATE consents SET {change}"))


def test_what_is_past_its_keeping_time_can_be_deleted(database: Database) -> None:
    say(database, add_follower(database), 1, granted=False)

    with database.transaction() as session:
        session.execute(delete(Consent))

    with database.reading() as session:
        assert session.scalars(select(Consent)).all() == []
