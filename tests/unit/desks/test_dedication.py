"""Whose customer he is, when a supervisor and the bank both have a word."""

from dataclasses import replace

import pytest

from bot.audit.service import Doer
from bot.clock import FixedClock
from bot.customers import service as customers
from bot.customers.model import Follower
from bot.db import Database
from bot.desks.dedication import Dedication
from bot.ports import Firm
from tests.factories import MORNING, add_follower, add_rep

BOSS = Doer("boss")
FIRM = Firm("F1", "陶记餐饮有限公司", "陶某", None, None, None, dedicated_rep="ben")


@pytest.fixture
def dedication(database: Database, clock: FixedClock) -> Dedication:
    for username in ("ann", "ben", "cat"):
        add_rep(database, username)
    return Dedication(database, clock)


@pytest.fixture
def tao(database: Database) -> int:
    return add_follower(database)


def bind(database: Database, tao: int, firm: Firm = FIRM) -> None:
    with database.transaction() as session:
        customers.bind(session.get_one(Follower, tao), firm)


def owner(database: Database, tao: int) -> str | None:
    with database.reading() as session:
        return session.get_one(Follower, tao).dedicated_rep


def test_the_bank_is_followed_while_no_supervisor_chose(database: Database, tao: int) -> None:
    bind(database, tao)
    assert owner(database, tao) == "ben"

    bind(database, tao, replace(FIRM, dedicated_rep="cat"))
    assert owner(database, tao) == "cat"

    bind(database, tao, replace(FIRM, dedicated_rep=None))
    assert owner(database, tao) is None


def test_a_choice_made_before_the_binding_stands_until_it_is_ended(
    dedication: Dedication, database: Database, tao: int
) -> None:
    dedication.give(tao, "ann", BOSS)
    bind(database, tao)
    assert owner(database, tao) == "ann"

    dedication.hand_back(tao, "ann", BOSS)

    assert owner(database, tao) == "ben"


def test_a_choice_made_after_the_binding_outlives_the_next_ones(
    dedication: Dedication, database: Database, tao: int
) -> None:
    bind(database, tao)
    dedication.give(tao, "ann", BOSS)
    bind(database, tao, replace(FIRM, firm_id="F2", dedicated_rep="cat"))
    assert owner(database, tao) == "ann"

    with database.transaction() as session:
        customers.unbind(session.get_one(Follower, tao))
    assert owner(database, tao) == "ann"

    dedication.hand_back(tao, "ann", BOSS)
    assert owner(database, tao) is None


def test_whom_both_named_is_ended_at_once(dedication: Dedication, database: Database, tao: int) -> None:
    bind(database, tao)
    dedication.give(tao, "ben", BOSS)

    dedication.hand_back(tao, "ben", BOSS)

    assert owner(database, tao) is None


def test_the_firm_as_last_known_names_the_banks_own(dedication: Dedication, database: Database, tao: int) -> None:
    bind(database, tao)
    dedication.give(tao, "ann", BOSS)

    with database.reading() as session:
        assert customers.firm_of(session.get_one(Follower, tao)).dedicated_rep == "ben"


def test_who_is_forgotten_is_nobodys(dedication: Dedication, database: Database, tao: int) -> None:
    dedication.give(tao, "ann", BOSS)

    with database.transaction() as session:
        customers.forget_personal_data(session.get_one(Follower, tao), MORNING)

    assert owner(database, tao) is None
