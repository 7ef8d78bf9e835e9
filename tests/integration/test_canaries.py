"""After a busy day no secret and no customer's name, phone or word is in clear: in no column of the database, in nothing that
was ever sent to Redis, in no log. Read with raw SQL, on SQLite and PostgreSQL alike.
"""

import io
import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote

import pytest
import redis
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text

from api.app import create_app as create_console
from api.auth import hash_password
from bot.adapters.redis_handoff_queue import RedisHandoffQueue
from bot.adapters.redis_waker import RedisWaker
from bot.bootstrap import Outside, assemble
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.delivery.model import Delivery
from bot.followups.model import Followup
from bot.handoff.model import Conversation
from bot.inbox import InboxRow
from bot.privacy.model import DataRequest, SealedRecord
from bot.staff.service import add_missing
from bot.transcripts.model import Line
from config.settings import Settings
from tests.product import AtOnce, Fakes, UnderTest
from tests.unit.adapters.test_wechat_guard import OPENID, signed, text_xml, xml
from tests.unit.api.conftest import PEOPLE, Browser
from tests.unit.test_logs import (
    CANARIES,
    FIRM_NAME,
    NAME,
    NOTE,
    PASSWORD,
    PHONE,
    numbered,
    work_as_rep,
    write_as_customer,
)
from webhooks.app import create_app as create_webhooks

END_OF_DAY = "the day is over"
PLACE = "铁观音路一号"


class Eavesdropper:
    """Hears every command that Redis is given."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url, decode_responses=True, socket_timeout=None)
        self.heard: list[str] = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self._ready.wait(10)

    def _listen(self) -> None:
        with self._client.monitor() as monitor:
            self._ready.set()
            for said in monitor.listen():
                if END_OF_DAY in said["command"]:
                    return
                self.heard.append(said["command"])

    def stop(self) -> None:
        self._client.echo(END_OF_DAY)
        self._thread.join(10)
        self._client.close()


@pytest.fixture
def redis_ears(redis_url: str) -> Iterator[Eavesdropper]:
    found = Eavesdropper(redis_url)
    yield found
    if found._thread.is_alive():
        found.stop()


@pytest.fixture
def product(both_databases: Database, settings: Settings, clock: FixedClock, redis_url: str) -> UnderTest:
    with both_databases.transaction() as session:
        add_missing(session, PEOPLE, hash_password(PASSWORD))
    fakes = Fakes(clock)
    queue, waker = RedisHandoffQueue(redis_url, prefix="canaries:"), RedisWaker(redis_url)
    queue.rebuild([], [], [])
    account = fakes.account.ports
    outside = Outside(
        clock, fakes.nlu, fakes.bank, fakes.wechat, account, queue, fakes.viewers, waker, AtOnce(), AtOnce()
    )
    return UnderTest(assemble(settings, both_databases, outside), fakes)


def test_nothing_of_a_busy_day_is_left_in_clear(
    product: UnderTest,
    both_databases: Database,
    log_lines: io.StringIO,
    redis_ears: Eavesdropper,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_as_customer(product)
    work_as_rep(product, both_databases, monkeypatch)
    ask_about_own_data(product)
    work_as_supervisor(product, both_databases)
    clock.advance(timedelta(days=1).total_seconds())
    product.bot.purge.run()
    redis_ears.stop()

    assert_that_all_of_it_happened(both_databases)
    stored = dict(everything_in(both_databases))
    assert len(stored) > 100
    assert len(redis_ears.heard) > 5
    written = log_lines.getvalue()
    heard = "\n".join(redis_ears.heard)
    for canary in (*CANARIES, PLACE):
        # JSON columns and logs may write Chinese as \\uXXXX.
        for form in {canary, json.dumps(canary)[1:-1]}:
            assert [place for place, value in stored.items() if form in value] == [], canary
            assert form not in written, canary
            assert form not in heard, canary


def ask_about_own_data(product: UnderTest) -> None:
    """The customer of the day leaves a number, sends his place, and asks what is held of him."""
    client = create_webhooks(product.bot).test_client()
    # The keyword rules find the number; the fake model knows only what it was taught.
    product.fakes.nlu.is_down = True
    product.bot.desk.routing.sweep()
    with product.bot.database.transaction() as session:
        # His chat with the desk is over; the bot has the word again.
        for row in session.scalars(select(Conversation)):
            if row.rep is None:
                row.owner = "closed"  # type: ignore[assignment]
    place = xml(
        MsgType="location", Location_X="39.9", Location_Y="116.4", Scale="15", Label=PLACE, MsgId="23920519216174911"
    )
    offered = say(client, text_xml(f"给我回电，{PHONE}"), 100)
    slot = re.search(r'msgmenuid=(callback[^"]*)"', offered)
    assert slot is not None, offered
    said = (
        text_xml("这个时间", bizmsgmenuid=unquote(slot[1])),
        place,
        text_xml("你们留了我哪些信息"),
        text_xml("导出我的信息"),
    )
    for number, body in enumerate(said, start=101):
        say(client, body, number)


def say(client: FlaskClient, body: str, number: int) -> str:
    """Push a message of the day's customer; what the account answers."""
    answer = client.post("/wechat", query_string=signed(), data=numbered(body, number))
    assert answer.status_code == 200
    return answer.text


def work_as_supervisor(product: UnderTest, database: Database) -> None:
    """Unmask with a name in the reason, export, finish, delete, hold."""
    browser = Browser(create_console(product.bot).test_client())
    assert browser.sign_in("supervisor", PASSWORD).status_code == 200
    with database.reading() as session:
        follower = session.scalars(select(Follower).where(Follower.openid == OPENID)).one()
        chat = session.scalars(select(Conversation.id).where(Conversation.queued_at.is_not(None))).first()
        mine = select(Conversation.id).where(
            Conversation.follower_id == follower.id, Conversation.queued_at.is_not(None)
        )
        his = session.scalars(mine).first()
    browser.get(f"/api/handoffs/{chat}")
    assert browser.post(f"/api/handoffs/{his}/unmask", {"field": "phone", "reason": f"打{PHONE}"}).status_code == 200
    for item in browser.get("/api/data-requests").json["items"]:
        told = browser.post(f"/api/data-requests/{item['id']}/export", {"reason": "客户申请导出"})
        assert NAME in told.text
        browser.post(f"/api/data-requests/{item['id']}/finish")
    browser.post("/api/legal-holds", {"conversation_id": chat, "reason": f"调查{PHONE}"})


def assert_that_all_of_it_happened(database: Database) -> None:
    """A day on which nothing was stored would prove nothing."""
    with database.reading() as session:
        lines = session.scalars(select(Line)).all()
        assert any(NAME in line.text for line in lines)
        assert any(PLACE in str(line.detail) for line in lines)
        assert any(row.outcome_note == NOTE for row in session.scalars(select(Conversation)))
        assert any(row.phone == PHONE for row in session.scalars(select(Followup)))
        assert any(NAME in str(row.content) for row in session.scalars(select(Delivery)))
        assert any(NAME in str(row.message) for row in session.scalars(select(InboxRow)))
        assert session.scalars(select(Follower).where(Follower.openid == OPENID)).one().firm_name == FIRM_NAME
        assert len(session.scalars(select(DataRequest)).all()) == 2
        assert session.scalars(select(SealedRecord)).all() == []


def everything_in(database: Database) -> Iterator[tuple[str, str]]:
    """Every value of every column of every table as it lies there, by its place."""
    looked_at = inspect(database.engine)
    with database.reading() as session:
        for table in looked_at.get_table_names():
            for number, row in enumerate(session.execute(text(f'SELECT * FROM "{table}"')).mappings()):
                for column, value in row.items():
                    told = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
                    yield f"{table}.{column}[{number}]", told
