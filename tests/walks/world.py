"""The product in one process for a walk: real dialogue, inbox, desk, delivery and database, real Redis and, when it
runs, the real model; the platform and the bank are the fakes of tests/fakes.py. Everything runs in the walk's own
thread, so that a walk can be walked again.
"""

import hashlib
import html
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import redis
from sqlalchemy import event, select, text

from bot import logs
from bot.adapters.redis_handoff_queue import RedisHandoffQueue
from bot.adapters.redis_viewers import RedisViewers
from bot.bootstrap import Bot, Outside, assemble
from bot.clock import FixedClock
from bot.core_bank import Instalment, Loan, LoanState
from bot.customers.model import Follower
from bot.db import Base, Database
from bot.delivery.model import Delivery
from bot.errors import NluUnavailable, Refused, RetryLater
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.replies import RepMessage
from bot.messages import Reply, Understanding
from bot.ports import Firm, Nlu, Points
from bot.upkeep import close_stale
from config.settings import Settings
from tests.factories import MORNING, add_rep
from tests.fakes import FakeBank, FakeWaker, FakeWeChat
from tests.fakes_account import FakeAccount
from tests.product import AtOnce
from tests.walks.moves import PUSHES, Kind, Move
from webhooks.app import create_app

SKILLS = ("loan", "ebank", "general", "complaint", "fraud")
REPS = ("rep01", "rep02", "rep03")
CAPACITY = 50
FIRM = Firm("F1", "陶记餐饮有限公司", "陶先生", "catering", "城东支行", None, None)
FIRM_WITHOUT_LOANS = Firm("F2", "合肥味道餐饮有限公司", "王女士", "catering", "城西支行", None, None)
POINTS = Points(12_880, ((3_000, date(2026, 12, 31)),))
LOAN = Loan("经营快贷", LoanState.NORMAL, 12_000_000, date(2027, 4, 20), (Instalment(date(2026, 12, 20), 57_500),))
# What the bank says of the firms above, as owners read it.
BANK_FIGURES = ("30万元", "12万元", "575元")
DEAD_FOR_S = 7
TALKS = PUSHES - {Kind.UNFOLLOW, Kind.VIEW, Kind.SCAN}


class SwitchedNlu:
    """The model, asked once for each text, with a switch for outages."""

    def __init__(self, real: Nlu, known: dict[str, Understanding]) -> None:
        self._real, self._known = real, known
        self.is_down = False

    def parse(self, said: str, *, today: date, timeout_s: float) -> Understanding:
        """What the model says; a walk over many days does not ask it the same again. Raises NluUnavailable."""
        if self.is_down:
            raise NluUnavailable
        if said not in self._known:
            self._known[said] = self._real.parse(said, today=MORNING.date(), timeout_s=30.0)
        return self._known[said]


@dataclass(frozen=True)
class Said:
    """One message to a customer: by whom, in which state its delivery is; `lines` to tap, links left out. A picture
    comes behind an answer and has its words only for the platform that takes none.
    """

    sender: str
    state: str
    text: str
    lines: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    reason: str | None
    is_picture: bool


@dataclass(frozen=True)
class Standing:
    """A customer's latest conversation, and who has the word in it."""

    conversation_id: int | None
    owner: Owner


@dataclass(frozen=True)
class Happened:
    """A move and what came of it. `body` is what the platform got; owners are before and after."""

    move: Move
    said: tuple[Said, ...]
    body: bytes
    again: bytes
    owner: Owner
    owner_after: Owner
    conversation_id: int | None
    errors: tuple[str, ...]


class World:
    """A product and its outside; `followers` customers, the first bound to a firm with loans, the second to one
    without.
    """

    def __init__(self, settings: Settings, folder: Path, redis_url: str, nlu: SwitchedNlu, followers: int) -> None:
        self._settings, self._redis_url, self._folder = settings, redis_url, folder
        self.nlu, self.bank, self.clock = nlu, FakeBank(), FixedClock(MORNING)
        self.nlu.is_down = False
        self._log = io.StringIO()
        self.logged: list[str] = []
        logs.set_up("walk", self._log, is_final=False)
        self._redis = redis.Redis.from_url(redis_url)
        self._redis.flushdb()
        self._wechat = FakeWeChat()
        self._numbers = 0
        self.bank.firms = {openid_of(0): FIRM, openid_of(1): FIRM_WITHOUT_LOANS}
        self.bank.points = {FIRM.firm_id: POINTS}
        self.bank.loans = {FIRM.firm_id: [LOAN], FIRM_WITHOUT_LOANS.firm_id: []}
        self.bot = self._start()
        Base.metadata.create_all(self.bot.database.engine)
        for name in REPS:
            add_rep(self.bot.database, name, skills=SKILLS, capacity=CAPACITY)
        self._client = create_app(self.bot).test_client()
        self._last_id = 0

    def close(self) -> None:
        """Let go of files."""
        self.bot.database.close()

    def happen(self, move: Move) -> Happened:
        """Let one move happen."""
        before = self._standing(move.who)
        self.clock.advance(3)
        body = again = b""
        if move.kind in PUSHES:
            body, again = self._push(move)
        else:
            self._act(move)
        after = self._standing(move.who)
        return Happened(
            move=move,
            said=tuple(self._new_words(move.who)),
            body=body,
            again=again,
            owner=before.owner,
            owner_after=after.owner,
            conversation_id=after.conversation_id,
            errors=tuple(self._new_errors()),
        )

    def slots_of(self, who: int) -> dict[str, Any]:
        """What the customer told the bot so far."""
        row = self._conversation(who)
        return dict(row.session.get("slots", {})) if row else {}

    def promises_to(self, who: int) -> int:
        """How many calls were ever promised to him."""
        mine = text(
            "SELECT count(*) FROM followups p JOIN followers f ON f.id = p.follower_id WHERE f.openid = :openid"
        )
        with self.bot.database.reading() as session:
            return int(session.execute(mine, {"openid": openid_of(who)}).scalar_one())

    def redis_content(self) -> Iterator[str]:
        """Everything in Redis, as text."""
        for key in self._redis.scan_iter():
            kind = self._redis.type(key)
            reads: dict[Any, Callable[[Any], Any]] = {
                b"string": self._redis.get,
                b"hash": self._redis.hgetall,
                b"list": lambda name: self._redis.lrange(name, 0, -1),
                b"set": self._redis.smembers,
                b"zset": lambda name: self._redis.zrange(name, 0, -1),
            }
            yield f"{key!r} {reads[kind](key)!r}"

    def _start(self) -> Bot:
        database = Database(f"sqlite:///{self._folder / 'walk.db'}")
        # Power cuts are not what a walk is about, and each flush would cost milliseconds.
        event.listen(database.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        outside = Outside(
            self.clock,
            self.nlu,
            self.bank,
            self._wechat,
            FakeAccount(self.clock).ports,
            RedisHandoffQueue(self._redis_url, prefix="walk:"),
            RedisViewers(self._redis_url, prefix="walk:"),
            FakeWaker(),
            turning=AtOnce(),
            outgoing=AtOnce(),
        )
        return assemble(self._settings, database, outside)

    def _restart(self) -> None:
        self.close()
        self.bot = self._start()
        self._client = create_app(self.bot).test_client()

    def _push(self, move: Move) -> tuple[bytes, bytes]:
        body, again = self._xml(move), b""
        if move.kind is Kind.DIES:
            push = self.bot.guard.open(self._signed(), body.encode())
            self.bot.inbox.accept(push.message, push.mode.value, self.clock.now(), timedelta(seconds=4))
            self._restart()
            self.clock.advance(DEAD_FOR_S)
            self._sweep()
            return b"", b""
        answer = self._client.post("/wechat", query_string=self._signed(), data=body)
        assert answer.status_code == 200, (move, answer.status_code)
        if move.kind is Kind.TWICE:
            again = self._client.post("/wechat", query_string=self._signed(), data=body).data
        # What stands behind a passive answer leaves two seconds later.
        self.clock.advance(3)
        if self._has_unsent():
            self.bot.deliverer.sweep()
        return answer.data, again

    def _act(self, move: Move) -> None:
        if move.kind is Kind.RESTART:
            self._restart()
        elif move.kind is Kind.WAIT:
            self.clock.advance(float(move.key))
            close_stale(self.bot.database, self.clock.now())
        elif move.kind is Kind.BANK:
            self.bank.is_down = not self.bank.is_down
        elif move.kind is Kind.NLU:
            self.nlu.is_down = not self.nlu.is_down
        elif move.kind is Kind.REDIS:
            self._redis.flushdb()
        else:
            with suppress(Refused, RetryLater):
                self._act_as_rep(move)
            return
        self._sweep()

    def _act_as_rep(self, move: Move) -> None:
        row = self._conversation(move.who)
        if row is None:
            return
        rep = row.rep or REPS[move.who % len(REPS)]
        self._numbers += 1
        if move.kind is Kind.ACCEPT:
            self.bot.desk.accept(row.id, rep)
        elif move.kind is Kind.REPLY:
            message = RepMessage(f"key{self._numbers}", Reply(move.text, is_ai=False))
            self.bot.rep_replies.send(row.id, rep, message)
        elif move.kind is Kind.TRANSFER:
            self.bot.desk.transfer(row.id, rep, skill=SKILLS[move.who % len(SKILLS)], to=None, note="请接着办")
        else:
            if row.owner in (Owner.QUEUED, Owner.OFFERED):
                self.bot.desk.accept(row.id, rep)
            self.bot.desk.close(row.id, rep, Outcome.SOLVED, "")
            self.bot.aftercare.ask_rating(row.id)

    def _has_unsent(self) -> bool:
        with self.bot.database.reading() as session:
            return bool(session.scalar(text("SELECT EXISTS (SELECT 1 FROM deliveries WHERE state = 'queued')")))

    def _sweep(self) -> None:
        for name in REPS:
            self.bot.desk.routing.beat(name)
        self.bot.desk.routing.sweep()
        self.bot.aftercare.end_waits()
        self.bot.inbound.sweep()
        self.bot.deliverer.sweep()

    def _conversation(self, who: int) -> Conversation | None:
        """The open conversation, or the latest one that ended."""
        mine = select(Conversation).join(Follower, Follower.id == Conversation.follower_id)
        latest = mine.where(Follower.openid == openid_of(who)).order_by(Conversation.id.desc()).limit(1)
        with self.bot.database.reading() as session:
            return session.scalars(latest).first()

    def _standing(self, who: int) -> "Standing":
        latest = text(
            "SELECT c.id, c.owner FROM conversations c JOIN followers f ON f.id = c.follower_id"
            " WHERE f.openid = :openid ORDER BY c.id DESC LIMIT 1"
        )
        with self.bot.database.reading() as session:
            row = session.execute(latest, {"openid": openid_of(who)}).first()
        return Standing(row.id, Owner(row.owner)) if row else Standing(None, Owner.BOT)

    def _new_words(self, who: int) -> Iterator[Said]:
        columns = (Delivery.id, Delivery.sender, Delivery.state, Delivery.content, Delivery.reason)
        his = (
            select(*columns)
            .join(Follower, Follower.id == Delivery.follower_id)
            .where(Follower.openid == openid_of(who))
        )
        new = his.where(Delivery.id > self._last_id).order_by(Delivery.id)
        with self.bot.database.reading() as session:
            rows = session.execute(new).all()
            self._last_id = session.execute(text("SELECT coalesce(max(id), 0) FROM deliveries")).scalar_one()
        for row in rows:
            reply = Reply.from_json(row.content)
            lines = tuple((choice.id, choice.text) for choice in reply.choices if choice.url is None)
            sources = tuple(one.split("@")[0] for one in (reply.source or "").split(",") if one)
            yield Said(row.sender, row.state, reply.text, lines, sources, row.reason, reply.picture is not None)

    def _new_errors(self) -> Iterator[str]:
        new = self._log.getvalue()
        self._log.seek(0)
        self._log.truncate()
        self.logged.append(new)
        yield from (line for line in new.splitlines() if '"level": "error"' in line)
        with self.bot.database.reading() as session:
            stuck = session.execute(text("SELECT id, state, cause FROM inbox WHERE state <> 'done'")).all()
        yield from (f"inbox row not done: {tuple(row)}" for row in stuck)

    def _signed(self) -> dict[str, str]:
        stamp, nonce = str(int(self.clock.now().timestamp())), "1487905294"
        parts = sorted((self._settings.wechat_token, stamp, nonce))
        return {"signature": hashlib.sha1("".join(parts).encode()).hexdigest(), "timestamp": stamp, "nonce": nonce}

    def _xml(self, move: Move) -> str:
        self._numbers += 1
        sent_at = int(self.clock.now().timestamp()) - (600 if move.kind is Kind.LATE else 0)
        fields = {
            "ToUserName": self._settings.wechat_account_id,
            "FromUserName": openid_of(move.who),
            "CreateTime": str(sent_at),
            **_fields(move),
        }
        if fields["MsgType"] != "event":
            fields["MsgId"] = str(10_000_000 + self._numbers)
        inner = "".join(f"<{name}>{html.escape(value, quote=False)}</{name}>" for name, value in fields.items())
        return f"<xml>{inner}</xml>"


def openid_of(who: int) -> str:
    """The customer's openid."""
    return f"oWalker_openid-{who:013d}"


_LINK = re.compile(r'<a href="weixin://bizmsgmenu\?msgmenucontent=([^&"]*)&msgmenuid=([^"]*)">')


def passive_content(body: bytes) -> str | None:
    """What the follower gets by the answer to his push; None for silence."""
    if body in (b"", b"success"):
        return None
    found = re.search(r"<Content><!\[CDATA\[(.*)\]\]></Content>", body.decode(), re.DOTALL)
    assert found is not None, body
    return found[1].replace("]]]]><![CDATA[>", "]]>")


def passive_lines(content: str) -> list[tuple[str, str]]:
    """The lines to tap of a passive answer, (id, label)."""
    return [(unquote(found[2]), unquote(found[1])) for found in _LINK.finditer(content)]


def _fields(move: Move) -> dict[str, str]:
    words = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", move.text)
    kinds: dict[Kind, dict[str, str]] = {
        Kind.TAP: {"MsgType": "text", "Content": words, "bizmsgmenuid": move.key},
        Kind.IMAGE: {"MsgType": "image", "PicUrl": "http://mmbiz.qpic.cn/x", "MediaId": "media-1"},
        Kind.VOICE: {"MsgType": "voice", "MediaId": "media-2", "Format": "amr", "Recognition": words},
        Kind.VIDEO: {"MsgType": "video", "MediaId": "media-3", "ThumbMediaId": "media-4"},
        Kind.FILE: {"MsgType": "file", "Title": words or "工资表.xlsx", "FileKey": "f1", "FileTotalLen": "1024"},
        Kind.LOCATION: {"MsgType": "location", "Location_X": "31.82", "Location_Y": "117.22", "Scale": "15", "Label": words},
        Kind.LINK: {"MsgType": "link", "Title": words, "Description": words, "Url": "http://example.invalid/"},
        Kind.CLICK: {"MsgType": "event", "Event": "CLICK", "EventKey": move.key},
        Kind.FOLLOW: {"MsgType": "event", "Event": "subscribe", "EventKey": move.key},
        Kind.UNFOLLOW: {"MsgType": "event", "Event": "unsubscribe", "EventKey": ""},
        Kind.VIEW: {"MsgType": "event", "Event": "VIEW", "EventKey": "http://example.invalid/"},
        Kind.SCAN: {"MsgType": "event", "Event": "SCAN", "EventKey": "branch_02", "Ticket": "t"},
    }  # fmt: skip
    return kinds.get(move.kind, {"MsgType": "text", "Content": words})


def texts_of(sentences: Sequence[dict[str, Any]]) -> list[str]:
    """The utterances of a file of NLU data, in its order."""
    return [
        line.strip().removeprefix("- ")
        for block in sentences
        for line in block["examples"].splitlines()
        if line.strip()
    ]
