"""Customers are found by what is sealed, by its keys."""

import pytest
from sqlalchemy import select, text, update

from bot.customers.model import Follower
from bot.customers.search_keys import search_keys
from bot.customers.searching import make_missing_keys, matches
from bot.db import Database
from tests.factories import add_follower

FIRM, PHONE = "合肥（政务）欣欣商贸有限公司", "13812345678"


@pytest.fixture
def customer(database: Database) -> int:
    number = add_follower(database)
    with database.transaction() as session:
        row = session.get_one(Follower, number)
        row.firm_id, row.firm_name, row.phone, row.label = "F00017", FIRM, PHONE, "客户A3X9"
    add_follower(database, "o-other")
    return number


def found(database: Database, said: str) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(Follower.id).where(matches(said))))


@pytest.mark.parametrize(
    "said",
    ["欣欣商贸", FIRM, "合肥政务", "合肥(政务)欣欣", " 欣欣 商贸 ", "5678", PHONE, "F00017", "f00017", "A3X9"],
)
def test_a_part_of_what_is_known_finds_him(database: Database, customer: int, said: str) -> None:
    assert found(database, said) == [customer]


@pytest.mark.parametrize("said", ["", "欣", "新新", "商欣", "1234", "13812345679", "F00018", "%", "678"])
def test_other_words_do_not(database: Database, customer: int, said: str) -> None:
    assert found(database, said) == []


def test_the_database_holds_neither_name_nor_phone(database: Database, customer: int) -> None:
    with database.reading() as session:
        row = session.execute(
            text("SELECT search_keys, firm_name, phone FROM followers WHERE id = :id"), {"id": customer}
        )
        held = str(row.one())

    assert not any(part in held for part in ("欣欣", "5678", PHONE))


def test_who_is_forgotten_is_not_found(database: Database, customer: int) -> None:
    with database.transaction() as session:
        row = session.get_one(Follower, customer)
        row.firm_name = row.phone = None

    assert (found(database, "欣欣商贸"), found(database, "5678")) == ([], [])
    with database.reading() as session:
        assert session.get_one(Follower, customer).search_keys is None


def test_keys_of_another_making_are_made_anew(database: Database, customer: int) -> None:
    with database.transaction() as session:
        session.execute(update(Follower).where(Follower.id == customer).values(search_keys=" old-mark "))
        assert make_missing_keys(session) == 1
        assert make_missing_keys(session) == 0

    assert found(database, "欣欣商贸") == [customer]


def test_nobody_has_no_keys() -> None:
    assert search_keys(None, None) is None
    assert search_keys("", "123") is not None
