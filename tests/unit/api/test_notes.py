"""Notes beside a chat: for colleagues, and never for the customer."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, text

from bot.db import Database
from bot.delivery.model import Delivery
from bot.handoff.model import Conversation, Owner
from bot.notes.model import Mention, Note
from bot.outbox import read_after
from bot.transcripts.model import Line
from tests.factories import add_waiting, hear
from tests.product import UnderTest
from tests.unit.api.conftest import Browser

KEY = "key-00000001"
WORDS = "已核实，客户本人来电"


@pytest.fixture
def rep(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep")


@pytest.fixture
def colleague(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep2")


@pytest.fixture
def supervisor(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("supervisor")


@pytest.fixture
def chat(database: Database, rep: Browser) -> int:
    found = add_waiting(database)
    hear(database, found)
    assert rep.post(f"/api/handoffs/{found}/accept").status_code == 200
    return found


def write(browser: Browser, chat: int, words: str = WORDS, key: str = KEY, mentions: tuple[str, ...] = ()):
    body = {"client_key": key, "text": words, "mentions": list(mentions)}
    return browser.post(f"/api/handoffs/{chat}/notes", body)


def events(database: Database, *types: str) -> list[tuple[str, str, dict]]:
    with database.reading() as session:
        return [(row.type, row.audience, row.payload) for row in read_after(session, 0) if row.type in types]


def test_a_note_is_for_colleagues_and_reaches_no_customer(
    rep: Browser, product: UnderTest, database: Database, chat: int
) -> None:
    with database.reading() as session:
        lines = len(session.scalars(select(Line)).all())

    assert write(rep, chat).status_code == 201
    product.bot.deliverer.sweep()
    rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved"})
    product.bot.deliverer.sweep()

    said = [reply.text for _, reply in product.fakes.wechat.sent]
    assert not any(WORDS in one for one in said)
    with database.reading() as session:
        assert not any(WORDS in str(row.content) for row in session.scalars(select(Delivery)))
        assert not any(WORDS in row.text for row in session.scalars(select(Line)))
        assert lines == 1
        assert WORDS not in session.execute(text("SELECT text FROM notes")).scalar_one()
    shown = rep.get(f"/api/handoffs/{chat}/notes").json["notes"]
    assert [(one["text"], one["author"], one["author_name"], one["whispered_to"]) for one in shown] == [
        (WORDS, "rep", "某rep", None)
    ]


def test_secrets_are_masked_in_notes_too(rep: Browser, chat: int) -> None:
    assert write(rep, chat, "U盾密码是12345678").json["text"] == "U盾密码是[已屏蔽]"


def test_the_same_key_is_the_same_note(rep: Browser, supervisor: Browser, database: Database, chat: int) -> None:
    first, again = write(rep, chat, mentions=("rep2",)), write(rep, chat, mentions=("rep2",))

    assert first.json["id"] == again.json["id"]
    assert write(rep, chat, "别的话").status_code == 422
    assert write(supervisor, chat).status_code == 422
    assert [kind for kind, _, _ in events(database, "note.added", "note.mentioned")] == ["note.added", "note.mentioned"]


def test_a_supervisors_note_is_a_whisper_to_the_rep_who_has_the_chat(
    rep: Browser, supervisor: Browser, database: Database, chat: int
) -> None:
    waiting = add_waiting(database, 2)

    whisper, plain = write(supervisor, chat, "先报警再谈别的"), write(supervisor, waiting)

    assert (whisper.json["whispered_to"], plain.json["whispered_to"]) == ("rep", None)
    assert rep.get(f"/api/handoffs/{chat}/notes").json["notes"][0]["whispered_to"] == "rep"
    (_, audience, payload), _ = events(database, "note.added")
    assert (audience, payload) == ("all", {"note_id": 1, "author": "supervisor", "whispered_to": "rep"})


def test_who_is_mentioned_may_read_until_the_chat_is_closed(
    rep: Browser, colleague: Browser, database: Database, chat: int
) -> None:
    assert colleague.get(f"/api/handoffs/{chat}").status_code == 404

    assert write(rep, chat, "@小周 这类抵押您熟，帮看一下", mentions=("rep2",)).status_code == 201

    assert colleague.get(f"/api/handoffs/{chat}").status_code == 200
    assert write(colleague, chat, "可以做，让客户带房本", key="key-00000002").status_code == 201
    page = colleague.get("/api/mentions").json
    assert (page["unread"], page["next"]) == (1, None)
    asked = page["items"][0]
    assert (asked["conversation_id"], asked["by_name"], asked["is_read"], asked["is_readable"]) == (
        chat,
        "某rep",
        False,
        True,
    )
    assert [(kind, audience) for kind, audience, _ in events(database, "note.mentioned")] == [
        ("note.mentioned", "rep2")
    ]

    rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved"})

    assert colleague.get(f"/api/handoffs/{chat}").status_code == 404
    assert colleague.get("/api/mentions").json["items"][0]["is_readable"] is False


def test_mentions_are_read_once(colleague: Browser, rep: Browser, database: Database, chat: int) -> None:
    write(rep, chat, mentions=("rep2",))

    for _ in range(2):
        assert colleague.post(f"/api/handoffs/{chat}/mentions/read").status_code == 204

    page = colleague.get("/api/mentions").json
    assert (page["unread"], page["items"][0]["is_read"]) == (0, True)
    assert [audience for _, audience, _ in events(database, "mentions.read")] == ["rep2"]


@pytest.mark.parametrize("named", ["marketer", "nobody", "rep"])
def test_only_colleagues_who_serve_customers_can_be_mentioned(
    rep: Browser, database: Database, chat: int, named: str
) -> None:
    answer = write(rep, chat, mentions=(named,))

    assert (answer.status_code, answer.json["fields"]["places"]) == (422, ["mentions"])
    with database.reading() as session:
        assert session.scalars(select(Note)).all() == []


def test_nobody_writes_or_reads_beside_a_chat_he_may_not_read(colleague: Browser, chat: int) -> None:
    assert write(colleague, chat).status_code == 404
    assert colleague.get(f"/api/handoffs/{chat}/notes").status_code == 404


def test_blank_words_are_no_note(rep: Browser, chat: int) -> None:
    assert write(rep, chat, "  \n ").status_code == 422


def test_notes_page_by_key(rep: Browser, chat: int) -> None:
    for number in range(60):
        write(rep, chat, f"第{number}条", key=f"key-{number:08d}")

    newest = rep.get(f"/api/handoffs/{chat}/notes").json
    earlier = rep.get(f"/api/handoffs/{chat}/notes", before=newest["notes"][0]["id"]).json

    assert (len(newest["notes"]), newest["has_earlier"]) == (50, True)
    assert [one["text"] for one in earlier["notes"]] == [f"第{number}条" for number in range(10)]
    assert earlier["has_earlier"] is False


def test_the_next_rep_reads_what_was_noted(rep: Browser, colleague: Browser, database: Database, chat: int) -> None:
    write(rep, chat)
    with database.transaction() as session:
        row = session.get_one(Conversation, chat)
        row.owner, row.rep = Owner.ACTIVE, "rep2"

    assert colleague.get(f"/api/handoffs/{chat}/notes").json["notes"][0]["text"] == WORDS


def test_notes_and_mentions_go_with_their_chat(rep: Browser, database: Database, chat: int) -> None:
    write(rep, chat, mentions=("rep2",))

    with database.transaction() as session:
        session.delete(session.scalars(select(Note)).one())

    with database.reading() as session:
        assert session.scalars(select(Mention)).all() == []
