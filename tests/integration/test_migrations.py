"""The migrations make exactly the tables the mapped classes expect, on both databases, forth and back."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.clock import FixedClock
from bot.customers.consents import Proof, keep_word
from bot.customers.model import Consent, Follower
from bot.customers.rules import Purpose
from bot.db import Base, Database
from bot.learning.model import Lesson, Parse
from bot.learning.service import Learning, Utterance
from bot.transcripts.model import Line
from config.settings import ROOT
from tests.factories import MORNING, add_follower, add_parse, add_waiting, hear


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


def test_a_database_in_use_gains_the_learning_tables_and_loses_nothing(url: str, clock: FixedClock) -> None:
    _alembic(url, "upgrade", "0001")
    database = Database(url)
    chat = add_waiting(database)
    line = hear(database, chat, "回单怎么打")

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
    database.close()


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
