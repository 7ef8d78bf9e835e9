"""Personal data at rest: sealed, rotatable, bound to its column."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, text
from sqlalchemy.dialects import sqlite

from bot.customers.model import Follower
from bot.db import Database
from bot.fields import (
    NewlySealed,
    NewlySealedJson,
    Sealed,
    SealedJson,
    fingerprint,
    install_keys,
    write_as_previous_release,
)
from bot.handoff.model import Conversation
from bot.inbox import Inbox
from bot.messages import InboundMessage, MessageKind
from bot.transcripts.model import Line
from config.settings import Settings
from tests.factories import MORNING, add_follower, add_waiting, hear

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


@pytest.mark.parametrize(
    "key", [base64.b64encode(b"short").decode(), "no base64!", base64.b64encode(b"1" * 33).decode()]
)
def test_a_bad_key_is_refused_and_the_ring_in_use_stays(key: str) -> None:
    before = seal("13812345678")

    with pytest.raises(ValueError, match=r"."):
        install_keys([("k3", key)])

    assert unseal(before) == "13812345678"


@pytest.mark.parametrize("value", [{}, {"slots": {"phone": "13812345678"}, "tried": ["回单", None, 1.5]}])
def test_a_sealed_object_comes_back_and_is_not_to_be_read(value: dict[str, object]) -> None:
    column = SealedJson("conversations.session")

    stored = column.process_bind_param(value, DIALECT)

    assert stored is not None
    assert column.process_result_value(stored, DIALECT) == value
    assert column.process_bind_param(None, DIALECT) is None
    assert "phone" not in stored


def test_the_database_holds_no_word_of_a_conversation_in_clear(database: Database) -> None:
    chat = add_waiting(database)
    hear(database, chat, "我叫陶某，电话13812345678")
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.session, row.card = {"slots": {"phone": "13812345678"}}, {"summary": ["陶记餐饮有限公司"]}
    message = InboundMessage(MessageKind.TEXT, "o-tao", "gh", MORNING, "k", text="陶记的电话13812345678")
    Inbox(database).accept(message, "plain", MORNING, timedelta(seconds=4))

    with database.reading() as session:
        raw = [
            session.scalar(text(f"SELECT {column} FROM {table}"))
            for table, column in (
                ("conversations", "session"),
                ("conversations", "card"),
                ("lines", "text"),
                ("inbox", "message"),
            )
        ]
        kept = session.get_one(Conversation, chat)
        assert (kept.session["slots"]["phone"], kept.card["summary"]) == ("13812345678", ["陶记餐饮有限公司"])
        assert session.scalars(select(Line.text)).one() == "我叫陶某，电话13812345678"
    for stored in raw:
        assert stored.startswith("k1:")
        assert "陶" not in stored
        assert "13812345678" not in stored


def test_a_claim_gets_the_sealed_message_back(database: Database) -> None:
    message = InboundMessage(MessageKind.TEXT, "o-tao", "gh", MORNING, "k", text="回单怎么打")
    inbox = Inbox(database)
    inbox.accept(message, "plain", MORNING, timedelta(seconds=4))

    claim = inbox.claim_next("o-tao", MORNING + timedelta(seconds=7))

    assert claim is not None
    assert claim.message == message


def test_a_fingerprint_stays_when_a_key_is_put_in_front_and_cannot_be_made_without_the_keys() -> None:
    once = fingerprint("回单", "parses.text_hash")
    install_keys([NEW, OLD])
    rotated = fingerprint("回单", "parses.text_hash")
    install_keys([NEW])

    assert once == rotated != fingerprint("回单", "parses.text_hash")
    assert fingerprint("回单", "lessons.text") != fingerprint("回单", "parses.text_hash")
    assert once != hashlib.sha256("parses.text_hash\0回单".encode()).hexdigest()


# ---- columns that were in clear before -----------------------------------------------------------------------------

NOTE = NewlySealed("conversations.outcome_note")
DETAIL = NewlySealedJson("lines.detail")


@pytest.fixture
def beside_previous() -> Iterator[None]:
    write_as_previous_release(is_wanted=True)
    yield
    write_as_previous_release(is_wanted=False)


@pytest.mark.parametrize("value", ["陶先生明早再来", "k9:短", "办好了", ""])
def test_what_an_earlier_release_wrote_in_clear_is_read_as_it_stands(value: str) -> None:
    assert unseal(value, NOTE) == value
    assert DETAIL.process_result_value({"label": value}, DIALECT) == {"label": value}


def test_what_is_written_now_is_sealed_and_comes_back() -> None:
    stored, detail = seal("陶先生", NOTE), DETAIL.process_bind_param({"label": "陶记"}, DIALECT)

    assert stored is not None
    assert stored.startswith("k1:")
    assert isinstance(detail, str)
    assert "陶" not in stored + detail
    assert unseal(stored, NOTE) == "陶先生"
    assert DETAIL.process_result_value(detail, DIALECT) == {"label": "陶记"}
    assert DETAIL.process_bind_param(None, DIALECT) is DETAIL.process_result_value(None, DIALECT) is None


def test_what_a_dropped_key_sealed_is_not_shown_as_if_it_were_clear() -> None:
    stored = seal("陶先生", NOTE)
    install_keys([NEW])

    with pytest.raises(KeyError):
        unseal(stored, NOTE)


@pytest.mark.usefixtures("beside_previous")
def test_beside_the_release_before_values_are_written_as_it_reads_them() -> None:
    assert seal("陶先生", NOTE) == "陶先生"
    assert DETAIL.process_bind_param({"label": "陶记"}, DIALECT) == {"label": "陶记"}
    assert (seal("陶先生") or "").startswith("k1:")
