"""Personal data at rest: sealed, rotatable, bound to its column."""

import base64
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from bot.customers.model import Follower
from bot.db import Database
from bot.fields import Sealed, install_keys
from config.settings import Settings
from tests.factories import add_follower

OLD = ("k1", base64.b64encode(b"1" * 32).decode())
NEW = ("k2", base64.b64encode(b"2" * 32).decode())
DIALECT = sqlite.dialect()
PHONE = Sealed("followers.phone")


@pytest.fixture(autouse=True)
def _own_keys(settings: Settings) -> Iterator[None]:
    install_keys([OLD])
    yield
    install_keys(settings.field_keys)


def seal(value: str | None, column: Sealed = PHONE) -> str | None:
    return column.process_bind_param(value, DIALECT)


def unseal(stored: str | None, column: Sealed = PHONE) -> str | None:
    return column.process_result_value(stored, DIALECT)


@pytest.mark.parametrize("value", ["13812345678", "", "陶先生🙂", "x" * 5000])
def test_what_is_sealed_comes_back_and_is_not_to_be_read(value: str) -> None:
    stored = seal(value)

    assert stored is not None
    assert unseal(stored) == value
    assert value == "" or value not in stored


def test_nothing_stays_nothing() -> None:
    assert seal(None) is None
    assert unseal(None) is None


def test_the_same_value_never_looks_the_same() -> None:
    assert seal("13812345678") != seal("13812345678")


def test_the_database_holds_no_phone(database: Database) -> None:
    follower = add_follower(database)
    with database.transaction() as session:
        session.get_one(Follower, follower).phone = "13812345678"

    with database.reading() as session:
        raw = session.scalar(text("SELECT phone FROM followers"))
        assert session.get_one(Follower, follower).phone == "13812345678"
    assert raw.startswith("k1:")
    assert "13812345678" not in raw


def test_after_a_rotation_the_new_key_seals_and_the_old_still_opens() -> None:
    before = seal("13812345678")

    install_keys([NEW, OLD])
    after = seal("13812345678")

    assert after is not None
    assert after.startswith("k2:")
    assert (unseal(before), unseal(after)) == ("13812345678", "13812345678")


def test_a_retired_key_opens_nothing() -> None:
    before = seal("13812345678")
    install_keys([NEW])

    with pytest.raises(KeyError):
        unseal(before)


def test_a_value_moved_to_another_column_does_not_open() -> None:
    stored = seal("13812345678")

    with pytest.raises(InvalidTag):
        unseal(stored, Sealed("followers.contact"))


@pytest.mark.parametrize("place", [0, 11, 12, -1])
def test_a_changed_byte_anywhere_is_noticed(place: int) -> None:
    stored = seal("13812345678")
    assert stored is not None
    key_id, encoded = stored.split(":")
    raw = bytearray(base64.b64decode(encoded))
    raw[place] ^= 1

    with pytest.raises(InvalidTag):
        unseal(f"{key_id}:{base64.b64encode(bytes(raw)).decode()}")


@pytest.mark.parametrize("key", [base64.b64encode(b"short").decode(), "no base64!", base64.b64encode(b"1" * 33).decode()])
def test_a_bad_key_is_refused_and_the_ring_in_use_stays(key: str) -> None:
    before = seal("13812345678")

    with pytest.raises(ValueError, match=r"."):
        install_keys([("k3", key)])

    assert unseal(before) == "13812345678"
