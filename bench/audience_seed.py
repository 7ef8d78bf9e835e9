"""110,000 followers of a bank with what segments ask for: firms, phones, consents, traits, tags, matters."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select, text

import bot.bootstrap  # noqa: F401 -- every table must be known before the files are read
from bot.audience.catalogue import install_fields
from bot.audience.model import Trait
from bot.clock import local_day
from bot.customers.model import Consent, Follower
from bot.customers.remarks import CustomerTag, TagSource
from bot.customers.rules import Purpose
from bot.customers.search_keys import firm_key, phone_key, search_keys
from bot.db import Base, Database
from bot.handoff.matters import Matter, MatterVerdict
from bot.handoff.model import Conversation, Owner
from bot.results.history import PAST
from config.files import read_files

FOLLOWERS = 110_000
INDUSTRIES = ("餐饮", "零售", "物流", "汽配", "建材", "服饰", "五金", "印刷")
BRANCHES = tuple(f"第{number}支行" for number in range(60))
LEVELS = ("普通", "银卡", "金卡", "白金")
ROWS_AT_ONCE = 2_000


def name_of(number: int) -> str:
    """The firm of a follower."""
    return f"合肥第{number}号商贸有限公司"


def phone_of(number: int) -> str:
    """His phone."""
    return f"138{number:08d}"


def fill(database: Database, now: datetime, followers: int = FOLLOWERS) -> None:
    """Make the tables and write everybody down. Raises ValueError for a database in use."""
    files = read_files()
    install_fields(files.traits, files.tags, files.content.intent_labels, PAST)
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        if session.scalar(select(func.count()).select_from(Follower)):
            raise ValueError("the database holds followers; give it one of its own")
    intents = list(files.content.intent_labels)
    for model, rows in (
        (Follower, _followers(now, followers)),
        (Consent, _consents(now, followers)),
        (Trait, _traits(now, followers)),
        (CustomerTag, _tags(now, followers)),
        (Conversation, _chats(now, followers)),
        (Matter, _matters(now, followers, intents)),
    ):
        while batch := list(islice(rows, ROWS_AT_ONCE)):
            with database.transaction() as session:
                session.execute(insert(model), batch)
    with database.transaction() as session:
        # What autovacuum does by itself in a while.
        session.execute(text("ANALYZE"))


def _followers(now: datetime, count: int) -> Iterator[dict[str, Any]]:
    chances = random.Random(1)
    for number in range(1, count + 1):
        firm, phone = name_of(number), phone_of(number)
        yield {
            "id": number,
            "openid": f"o-{number:026d}",
            "label": f"客户{number}",
            "is_following": chances.random() < 0.95,
            "first_seen_at": now - timedelta(days=chances.randrange(900)),
            "last_seen_at": now - timedelta(days=chances.randrange(300)),
            "identity_level": chances.choice((1, 2, 3)),
            "firm_id": f"F{number:08d}",
            "firm_name": firm,
            "phone": phone,
            "industry": chances.choice(INDUSTRIES),
            "branch": chances.choice(BRANCHES),
            "search_keys": search_keys(firm, phone),
            "phone_key": phone_key(phone),
            "firm_key": firm_key(firm),
        }


def _consents(now: datetime, count: int) -> Iterator[dict[str, Any]]:
    chances = random.Random(2)
    for number in range(1, count + 1):
        for purpose in (Purpose.MARKETING, Purpose.PROFILING):
            yield {
                "follower_id": number,
                "purpose": purpose,
                "granted": chances.random() < 0.8,
                "text_version": "v1",
                "at": now,
                "channel": "bank",
                "proof": f"{purpose}-{number}",
                "recorded_at": now,
            }


def _traits(now: datetime, count: int) -> Iterator[dict[str, Any]]:
    chances, today = random.Random(3), local_day(now)
    for number in range(1, count + 1):
        found: dict[str, tuple[str, Any]] = {
            "level": ("word", chances.choice(LEVELS)),
            "upgrade_gap_pct": ("number", round(chances.random() * 100, 1)),
            "points": ("number", chances.randrange(20_000)),
            "last_used_on": ("day", today - timedelta(days=chances.randrange(700))),
            "account_opened_on": ("day", today - timedelta(days=chances.randrange(2_000))),
        }
        for key, (column, value) in found.items():
            row: dict[str, Any] = {"follower_id": number, "key": key, "word": None, "number": None, "day": None}
            yield row | {column: value, "source": "核心系统", "as_of": now - timedelta(days=2), "confidence": 1.0}


def _tags(now: datetime, count: int) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1, 5):
        yield {"follower_id": number, "tag": "expanding", "source": TagSource.CHAT, "by": "rep01", "at": now}


def _chats(now: datetime, count: int) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1, 4):
        at = now - timedelta(days=number % 60)
        yield {
            "id": number,
            "follower_id": number,
            "owner": Owner.CLOSED,
            "opened_at": at,
            "closed_at": at,
            "card": {},
            "session": {},
        }


def _matters(now: datetime, count: int, intents: list[str]) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1, 4):
        yield {
            "conversation_id": number,
            "flow": "loan",
            "intent": intents[number % 7],
            "verdict": MatterVerdict.SOLVED,
            "at": now - timedelta(days=number % 60),
        }
