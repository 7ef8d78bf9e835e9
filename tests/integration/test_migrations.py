"""The migrations make exactly the tables the mapped classes expect, on both databases, forth and back."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import FixedClock
from bot.customers.consents import Proof, keep_word
from bot.customers.model import Consent, Follower
from bot.customers.rules import Purpose
from bot.db import Base, Database
from bot.fields import write_as_previous_release
from bot.handoff.model import Conversation
from bot.learning.model import Lesson, Parse
from bot.learning.service import Learning, Utterance
from bot.transcripts.model import Line
from config.settings import ROOT
from deploy.keys import rotate
from tests.factories import MORNING, add_follower, add_parse, add_waiting, conversation_of, hear


def _alembic(url: str, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "alembic", *words],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        check=True,
        timeout=60,
    )


_names = (f"migrated_{number}" for number in itertools.count())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'migrated.db'}"
    server: str = request.getfixturevalue("postgres_url")
    admin, name = Database(server), next(_names)
    with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.close()
    return server.replace("/postgres?", f"/{name}?")


def test_migrations_and_mapped_classes_agree(url: str) -> None:
    _alembic(url, "upgrade", "head")
    database = Database(url)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []
    _alembic(url, "downgrade", "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
    database.close()


@pytest.fixture
def in_use(url: str) -> Iterator[Database]:
    """A database of today, in which rows can be written that are then taken back to an earlier release."""
    _alembic(url, "upgrade", "head")
    database = Database(url)
    yield database
    database.close()


def test_a_database_in_use_gains_the_learning_tables_and_loses_nothing(
    url: str, in_use: Database, clock: FixedClock
) -> None:
    database = in_use
    chat = add_waiting(database)
    line = hear(database, chat, "回单怎么打")
    _alembic(url, "downgrade", "0001")

    _alembic(url, "upgrade", "head")

    with database.reading() as session:
        assert session.get_one(Line, line).text == "回单怎么打"
        assert session.scalars(select(Parse)).all() == []
    parse = add_parse(database, chat, "那个单子", confidence=0.2)
    learning = Learning(database, clock, {"e_receipt"}.__contains__)
    lesson = learning.propose("ann", "e_receipt", [Utterance(parse, "那个单子")])[0].id
    learning.approve(lesson, "ben")
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.get_one(Lesson, lesson).reviewed_by = "ann"

    _alembic(url, "downgrade", "0001")

    assert "parses" not in inspect(database.engine).get_table_names()
    with database.reading() as session:
        assert session.get_one(Line, line).text == "回单怎么打"


def test_who_left_before_is_gone_since_he_was_last_seen_and_lessons_find_their_follower(
    url: str, in_use: Database, clock: FixedClock
) -> None:
    chat = add_waiting(in_use)
    parse = add_parse(in_use, chat, "那个单子")
    Learning(in_use, clock, {"e_receipt"}.__contains__).propose("ann", "e_receipt", [Utterance(parse, "那个单子")])
    stays, left = conversation_of(in_use, chat).follower_id, add_follower(in_use, "o-left")
    with in_use.transaction() as session:
        session.get_one(Follower, left).is_following = False
    _alembic(url, "downgrade", "0006")

    _alembic(url, "upgrade", "head")

    with in_use.reading() as session:
        assert session.get_one(Follower, left).unfollowed_at == MORNING
        assert session.get_one(Follower, stays).unfollowed_at is None
        assert session.scalars(select(Lesson.follower_id)).all() == [stays]


def test_what_the_release_before_wrote_in_clear_is_read_and_then_sealed(url: str, in_use: Database) -> None:
    database = in_use
    chat = add_waiting(database)
    line = hear(database, chat, "回单怎么打")
    write_as_previous_release(is_wanted=True)
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.outcome_note = "客户陶某明早再来"
        session.get_one(Line, line).detail = {"label": "陶记餐饮"}
    write_as_previous_release(is_wanted=False)
    _alembic(url, "downgrade", "0002")
    assert _raw_values(database) == ("客户陶某明早再来", {"label": "陶记餐饮"})

    _alembic(url, "upgrade", "head")

    with database.reading() as session:
        assert session.get_one(Conversation, chat).outcome_note == "客户陶某明早再来"
        assert session.get_one(Line, line).detail == {"label": "陶记餐饮"}
    assert rotate(database) == 0
    with database.reading() as session:
        assert session.get_one(Conversation, chat).outcome_note == "客户陶某明早再来"
        assert session.get_one(Line, line).detail == {"label": "陶记餐饮"}
    assert "陶" not in str(_raw_values(database))


def test_acts_cannot_be_changed_in_a_migrated_database(in_use: Database) -> None:
    with in_use.transaction() as session:
        note(session, MORNING, Doer("boss"), Act.DATA_EXPORTED, Thing("data_request", 1, 2))

    for change in ("UPDATE audit_acts SET username = 'nobody'", "DELETE FROM audit_acts"):
        with pytest.raises(IntegrityError), in_use.transaction() as session:
            session.execute(text(change))


def test_chats_of_the_release_before_stand_in_the_lists_where_they_belong(url: str, in_use: Database) -> None:
    chat = add_waiting(in_use, priority=2)
    first, last = (hear(in_use, chat, words, MORNING) for words in ("在吗", "有人吗"))
    _alembic(url, "downgrade", "0007")

    _alembic(url, "upgrade", "head")

    row = conversation_of(in_use, chat)
    assert row.rank == pytest.approx(MORNING.timestamp() - 120, abs=0.01)
    assert row.last_word_at == MORNING
    assert (row.last_word_id, row.last_asked_id, row.unanswered) == (last, last, last - first + 1)


def _raw_values(database: Database) -> tuple[object, object]:
    raw = text("SELECT outcome_note, CAST(detail AS TEXT) FROM conversations, lines")
    with database.reading() as session:
        noted, detail = session.execute(raw).one()
    return noted, json.loads(detail)


def test_a_word_in_the_migrated_ledger_cannot_be_rewritten(url: str) -> None:
    _alembic(url, "upgrade", "head")
    database = Database(url)
    follower_id = add_follower(database)
    with database.transaction() as session:
        proof = Proof("bank_page", "2026-11", "evt1")
        follower = session.get_one(Follower, follower_id)
        keep_word(session, follower, Purpose.MARKETING, MORNING, MORNING, proof, granted=False)

    with pytest.raises(DBAPIError, match="never rewritten"), database.transaction() as session:
        session.execute(update(Consent).values(granted=True))

    with database.reading() as session:
        assert session.scalars(select(Consent.granted)).all() == [False]
    database.close()


def test_a_supervisors_choice_of_a_rep_is_told_from_the_banks(url: str, in_use: Database) -> None:
    chosen, named = (add_follower(in_use, openid) for openid in ("o-chosen", "o-named"))
    with in_use.transaction() as session:
        for follower_id in (chosen, named):
            session.get_one(Follower, follower_id).dedicated_rep = "ann"
        note(session, MORNING, Doer("boss"), Act.DEDICATED_CHANGED, Thing("staff:ann", follower_id=chosen))
    _alembic(url, "downgrade", "0017")

    _alembic(url, "upgrade", "head")

    with in_use.reading() as session:
        rows = [session.get_one(Follower, follower_id) for follower_id in (chosen, named)]
    assert [(row.dedicated_rep, row.chosen_rep, row.bank_rep) for row in rows] == [
        ("ann", "ann", None),
        ("ann", None, "ann"),
    ]
