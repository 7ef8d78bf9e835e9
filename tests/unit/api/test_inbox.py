"""The inbox over HTTP: what each filter lists, what a search finds, what counts as unread."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.audit.service import Doer
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.desks.model import Order
from bot.desks.service import Change
from bot.handoff.listing import LOOKED_THROUGH
from bot.handoff.model import Conversation
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line
from tests.factories import DESK_RULES, MORNING, add_waiting, conversation_of, hear
from tests.product import UnderTest
from tests.unit.api.conftest import Browser


@pytest.fixture
def rep(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("rep")


@pytest.fixture
def boss(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("supervisor")


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.json
    return [item["id"] for item in answer.json["items"]]


def taken(rep: Browser, database: Database, number: int = 1, **more: Any) -> int:
    chat = add_waiting(database, number, **more)
    assert rep.post(f"/api/handoffs/{chat}/accept").status_code == 200
    return chat


def answer(database: Database, chat: int, seconds: int = 1) -> None:
    with database.transaction() as session:
        add_line(session, chat, Speaker.REP, "您好", MORNING + timedelta(seconds=seconds), rep="rep")


def call(database: Database, chat: int, **names: str) -> None:
    with database.transaction() as session:
        follower = session.get_one(Follower, session.get_one(Conversation, chat).follower_id)
        for name, value in names.items():
            setattr(follower, name, value)


# ---- filters and orders --------------------------------------------------------------------------------------------


def test_whoever_said_the_last_word_stands_first(rep: Browser, database: Database) -> None:
    first, second = taken(rep, database, 1), taken(rep, database, 2)

    hear(database, first, at=MORNING + timedelta(minutes=2))
    hear(database, second, at=MORNING + timedelta(minutes=1))

    assert ids(rep.get("/api/handoffs", state="active")) == [first, second]
    assert ids(rep.get("/api/handoffs", state="active", sort="waiting")) == [second, first]


def test_the_customers_words_wait_for_us_until_we_answer(rep: Browser, database: Database) -> None:
    waits, answered = taken(rep, database, 1), taken(rep, database, 2)
    for _ in range(2):
        hear(database, waits)
        hear(database, answered)
    answer(database, answered)

    page = rep.get("/api/handoffs", unanswered="true")

    assert ids(page) == [waits]
    assert page.json["items"][0]["unanswered"] == 2


def test_a_window_that_shuts_soon_is_listed_and_a_shut_one_is_not(
    rep: Browser, database: Database, clock: FixedClock
) -> None:
    shut, soon, later = (taken(rep, database, number) for number in range(3))
    for chat, hours in ((shut, 0), (soon, 2), (later, 12)):
        hear(database, chat, at=MORNING + timedelta(hours=hours))
    clock.advance(48 * 3600)

    assert ids(rep.get("/api/handoffs", closing="true")) == [soon]
    assert ids(rep.get("/api/handoffs", sort="window")) == [soon, later]


def test_the_queue_of_a_desk_that_serves_by_the_window_says_until_when(
    rep: Browser, product: UnderTest, database: Database, clock: FixedClock
) -> None:
    late = add_waiting(database, 1, queued_at=MORNING - timedelta(minutes=30))
    hurried = add_waiting(database, 2)
    hear(database, late)
    hear(database, hurried, at=MORNING - timedelta(hours=46))
    assert ids(rep.get("/api/handoffs", scope="queue")) == [late, hurried]

    rules = replace(DESK_RULES["loan"], order=Order.WINDOW)
    product.bot.desk_settings.change("loan", 0, Change(rules, None, "窗口快到期的先接"), Doer("boss"))

    page = rep.get("/api/handoffs", scope="queue")
    assert ids(page) == [hurried, late]
    assert page.json["items"][0]["serve_by"] == "2026-11-24T04:00:00Z"


def test_a_supervisor_filters_by_desk_rep_outcome_urgency_and_day(
    rep: Browser, boss: Browser, database: Database
) -> None:
    plain = taken(rep, database, 1)
    urgent = taken(rep, database, 2, skill="general", priority=5)
    solved = taken(rep, database, 3)
    rep.post(f"/api/handoffs/{solved}/close", {"outcome": "solved"})
    hear(database, plain, at=MORNING + timedelta(days=2))

    assert ids(boss.get("/api/handoffs", skill="general")) == [urgent]
    assert ids(boss.get("/api/handoffs", rep="rep2")) == []
    assert ids(boss.get("/api/handoffs", rep="rep", state="active")) == [plain, urgent]
    assert ids(boss.get("/api/handoffs", outcome="solved")) == [solved]
    assert ids(boss.get("/api/handoffs", urgent="true")) == [urgent]
    assert ids(boss.get("/api/handoffs", since="2026-11-25T00:00:00Z")) == [plain]
    assert ids(boss.get("/api/handoffs", until="2026-11-25T00:00:00+08:00")) == [solved, urgent]


def test_rows_asked_for_by_number_come_only_if_they_fit_and_may_be_read(
    rep: Browser, signed_in: Callable[[str], Browser], database: Database
) -> None:
    mine, other = taken(rep, database, 1), add_waiting(database, 2, skill="ebank")
    waits = add_waiting(database, 3)

    assert ids(rep.get("/api/handoffs", ids=f"{mine},{other},{waits},999")) == [waits, mine]
    assert ids(rep.get("/api/handoffs", ids=f"{mine},{waits}", scope="queue")) == [waits]
    assert ids(signed_in("supervisor").get("/api/handoffs", ids=f"{other}")) == [other]


@pytest.mark.parametrize(
    "query",
    [
        {"ids": ",".join("1" * 51)},
        {"ids": "1,x"},
        {"ids": "0"},
        {"sort": "best"},
        {"since": "2026-11-25T00:00:00"},
        {"since": "0001-01-01T00:00:00+10:00"},
        {"q": "陶" * 41},
    ],
)
def test_an_odd_filter_is_refused_not_guessed(rep: Browser, query: dict[str, str]) -> None:
    assert rep.get("/api/handoffs", **query).status_code == 422


def test_a_cursor_of_another_order_is_refused(rep: Browser, database: Database) -> None:
    for number in range(3):
        add_waiting(database, number)
    cursor = rep.get("/api/handoffs", state="queued", limit=1).json["next"]

    refused = rep.get("/api/handoffs", state="queued", sort="newest", cursor=cursor)

    assert (refused.status_code, refused.json["code"]) == (422, "invalid_input")


# ---- search --------------------------------------------------------------------------------------------------------


def test_a_search_finds_label_firm_number_and_the_end_of_a_phone(rep: Browser, database: Database) -> None:
    chats = [add_waiting(database, number) for number in range(4)]
    call(database, chats[0], label="陶先生")
    call(database, chats[1], firm_name="张记汽配商行")
    call(database, chats[2], phone="13800138765")

    assert ids(rep.get("/api/handoffs", q="陶")) == [chats[0]]
    assert ids(rep.get("/api/handoffs", q="汽配")) == [chats[1]]
    assert ids(rep.get("/api/handoffs", q="8765")) == [chats[2]]
    assert ids(rep.get("/api/handoffs", q=f"#{chats[3]}")) == [chats[3]]
    assert ids(rep.get("/api/handoffs", q="没有此人")) == []


def test_a_search_finds_nobody_elses_customer(rep: Browser, boss: Browser, database: Database) -> None:
    other = add_waiting(database, 1, skill="ebank")
    call(database, other, label="陶先生")

    assert ids(rep.get("/api/handoffs", q="陶")) == []
    assert ids(rep.get("/api/handoffs", q=f"#{other}")) == []
    assert ids(boss.get("/api/handoffs", q="陶")) == [other]


def test_a_search_goes_on_where_it_stopped(rep: Browser, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LOOKED_THROUGH == 1000
    monkeypatch.setattr("bot.handoff.listing.LOOKED_THROUGH", 2)
    chats = [add_waiting(database, number) for number in range(4)]
    call(database, chats[0], label="陶先生")
    call(database, chats[3], label="陶女士")

    first = rep.get("/api/handoffs", state="queued", q="陶")
    second = rep.get("/api/handoffs", state="queued", q="陶", cursor=first.json["next"])

    assert (ids(first), ids(second)) == ([chats[0]], [chats[3]])


# ---- what was read -------------------------------------------------------------------------------------------------


def unread(browser: Browser, chat: int) -> int:
    items = browser.get("/api/handoffs", ids=str(chat)).json["items"]
    return int(items[0]["unread"])


def read(browser: Browser, chat: int, line_id: int) -> int:
    return int(browser.write("PUT", f"/api/handoffs/{chat}/read", {"line_id": line_id}).status_code)


def test_words_are_unread_until_looked_at_and_a_marker_never_goes_back(rep: Browser, database: Database) -> None:
    chat = taken(rep, database)
    first, second = hear(database, chat), hear(database, chat)
    assert unread(rep, chat) == 2

    assert read(rep, chat, second) == 204
    assert read(rep, chat, first) == 204
    assert unread(rep, chat) == 0
    assert ids(rep.get("/api/handoffs", unread="true")) == []

    hear(database, chat)
    assert unread(rep, chat) == 1
    assert ids(rep.get("/api/handoffs", unread="true")) == [chat]


def test_what_is_yet_to_be_said_cannot_be_read_ahead(rep: Browser, database: Database) -> None:
    chat = taken(rep, database)
    hear(database, chat)

    read(rep, chat, 2**53)
    hear(database, chat)

    assert unread(rep, chat) == 1


def test_a_colleagues_chat_counts_only_for_who_watches_it(rep: Browser, boss: Browser, database: Database) -> None:
    chat = taken(rep, database)
    line = hear(database, chat)
    assert (unread(boss, chat), ids(boss.get("/api/handoffs", scope="watching"))) == (0, [])

    read(boss, chat, line)
    hear(database, chat)

    assert unread(boss, chat) == 1
    assert ids(boss.get("/api/handoffs", scope="watching")) == [chat]
    assert ids(boss.get("/api/handoffs", unread="true")) == [chat]
    assert ids(rep.get("/api/handoffs", scope="watching")) == []


def test_a_closed_chat_has_nothing_unread(rep: Browser, database: Database) -> None:
    chat = taken(rep, database)
    hear(database, chat)

    rep.post(f"/api/handoffs/{chat}/close", {"outcome": "solved"})

    assert unread(rep, chat) == 0


def test_nobody_marks_what_he_may_not_read(rep: Browser, database: Database) -> None:
    other = add_waiting(database, 1, skill="ebank")

    assert read(rep, other, 1) == 404


def test_the_row_knows_its_newest_word_and_its_place(rep: Browser, database: Database) -> None:
    chat = add_waiting(database, priority=3)
    hear(database, chat, "在吗", MORNING + timedelta(seconds=9))
    with database.transaction() as session:
        add_line(session, chat, Speaker.BOT, "机器人说的", MORNING + timedelta(seconds=10))

    row = conversation_of(database, chat)
    item = rep.get("/api/handoffs", ids=str(chat)).json["items"][0]

    assert row.last_word_at == MORNING + timedelta(seconds=9)
    assert row.last_word_id == row.last_asked_id
    assert (item["last_text"], item["rank"]) == ("在吗", MORNING.timestamp() - 180)
