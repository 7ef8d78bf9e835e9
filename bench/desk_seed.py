"""A desk with years behind it: 20,000 conversations with 400,000 lines, for measuring lists and screens.

`python -m bench.desk_seed` fills the database of the environment (DATABASE_URL, or the one under XINQIAO_VAR), which
must be migrated and hold no conversations; other benches call `fill`. Nothing leaves the machine, and the same numbers
give the same desk.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bot.clock import SystemClock
from bot.customers.model import Follower
from bot.db import Database
from bot.delivery.model import Allowance, Trigger
from bot.fields import install_keys
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.rules import rank
from bot.staff.model import Role, StaffMember
from bot.transcripts.model import Line, Speaker
from deploy.local.environment import load

SKILLS = ("loan", "ebank", "points", "general")
OUTCOMES = (Outcome.SOLVED, Outcome.APPLIED, Outcome.FOLLOWUP, Outcome.UNSOLVED, Outcome.NO_REPLY)
SURNAMES = "陶张李王赵钱孙周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施孔曹严华金魏姜"
TRADES = ("餐饮", "汽配", "建材", "服饰", "五金", "物流", "印刷", "茶业", "水产", "装饰")
ASKED = ("贷款批下来了吗", "U盾登不上去了", "回单在哪里下载", "积分怎么换加油卡", "代发工资失败了", "利率能再低点吗")
ANSWERED = ("您好，我帮您看一下", "麻烦您告诉我企业全称", "已经为您登记，明早给您答复", "您按这个步骤再试一次")
# Beside the people of the demo, so that every chat has somebody.
REPS_MORE = 200
ROWS_AT_ONCE = 2000
REGULARS = 8000


@dataclass(frozen=True)
class Size:
    """How much there is."""

    conversations: int = 20_000
    lines_each: int = 20
    queued: int = 300
    active: int = 1_700


def fill(database: Database, now: datetime, size: Size = Size()) -> None:
    """Write the whole desk as it stands at `now`. Raises ValueError for a database in use."""
    with database.transaction() as session:
        if session.scalar(select(func.count()).select_from(Conversation)):
            raise ValueError("the database holds conversations; give it one of its own")
        chances = random.Random(20)
        reps = _add_reps(session)
        _write(session, Follower, _followers(size, now, chances))
        _write(session, Conversation, _conversations(size, now, chances, reps))
        _write(session, Line, _lines(size, now))
        _write(session, Allowance, _allowances(size, now))


def main() -> int:
    """Fill the database of the environment."""
    settings = load().settings
    install_keys(settings.field_keys)
    database = Database(settings.database_url)
    fill(database, SystemClock().now())
    database.close()
    return 0


def _add_reps(session: Session) -> list[str]:
    known = session.scalars(select(StaffMember.username).where(StaffMember.role == Role.REP)).all()
    names = [f"bench{number:03d}" for number in range(REPS_MORE)]
    more = [
        {"username": name, "display_name": f"席位{name[-3:]}", "role": Role.REP, "password_hash": "none"}
        | {"skills": [SKILLS[number % len(SKILLS)]], "capacity": 10}
        for number, name in enumerate(names)
    ]
    session.execute(insert(StaffMember), more)
    return [*sorted(known), *names]


def _followers(size: Size, now: datetime, chances: random.Random) -> Iterator[dict[str, Any]]:
    long_ago = now - timedelta(days=800)
    for number in range(1, _people(size) + 1):
        surname = chances.choice(SURNAMES)
        yield {
            "id": number,
            "openid": f"o-bench-{number}",
            "label": f"{surname}{'先生' if number % 2 else '女士'}" if number % 3 else f"客户{number:05X}",
            "first_seen_at": long_ago,
            "last_seen_at": now,
            "firm_name": f"{surname}记{chances.choice(TRADES)}{number}号店" if number % 2 else None,
            "phone": f"199{number:08d}" if number % 2 else None,
        }


def _people(size: Size) -> int:
    return size.queued + size.active + min(REGULARS, size.conversations)


def _conversations(size: Size, now: datetime, chances: random.Random, reps: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number in range(1, size.conversations + 1):
        owner, said_at = _owner(size, number), _said_at(size, number, now)
        asked_at = said_at - timedelta(seconds=chances.randrange(5, 900))
        priority = chances.choice((0, 0, 0, 0, 5))
        is_answered = owner is Owner.CLOSED or number % 4 == 0
        yield {
            "id": number,
            "follower_id": _person(size, number, chances),
            "owner": owner,
            "opened_at": asked_at,
            "queued_at": asked_at,
            "last_customer_at": said_at,
            "last_rep_at": said_at if is_answered else None,
            "skill": SKILLS[number % len(SKILLS)],
            "reason": "customer_asked",
            "priority": priority,
            "rank": rank(asked_at, priority),
            "rep": None if owner is Owner.QUEUED else reps[number % len(reps)],
            "accepted_at": None if owner is Owner.QUEUED else asked_at,
            "closed_at": said_at if owner is Owner.CLOSED else None,
            "outcome": chances.choice(OUTCOMES) if owner is Owner.CLOSED else None,
            "last_word_at": said_at,
            "last_word_id": number * size.lines_each,
            "last_asked_id": number * size.lines_each - int(is_answered),
            "unanswered": 0 if is_answered else 1,
            "session": {},
            "card": {},
            "declined_by": [],
        }


def _owner(size: Size, number: int) -> Owner:
    """The newest wait, those before them are served, the rest is past."""
    from_the_end = size.conversations - number
    if from_the_end < size.queued:
        return Owner.QUEUED
    return Owner.ACTIVE if from_the_end < size.queued + size.active else Owner.CLOSED


def _said_at(size: Size, number: int, now: datetime) -> datetime:
    from_the_end = size.conversations - number
    is_open = from_the_end < size.queued + size.active
    return now - timedelta(seconds=60 + from_the_end * (60 if is_open else 600))


def _person(size: Size, number: int, chances: random.Random) -> int:
    """Whoever has an open chat has no other; the past is spread over the regulars."""
    from_the_end = size.conversations - number
    if from_the_end < size.queued + size.active:
        return from_the_end + 1
    return size.queued + size.active + 1 + chances.randrange(_people(size) - size.queued - size.active)


def _lines(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(1, size.conversations + 1):
        said_at = _said_at(size, number, now)
        is_answered = _owner(size, number) is Owner.CLOSED or number % 4 == 0
        for place in range(size.lines_each):
            left = size.lines_each - 1 - place
            is_asked = left % 2 == int(is_answered)
            yield {
                "id": number * size.lines_each - left,
                "conversation_id": number,
                "speaker": Speaker.CUSTOMER if is_asked else Speaker.REP,
                "kind": "text",
                "text": (ASKED if is_asked else ANSWERED)[(number + place) % 4],
                "detail": {},
                "at": said_at - timedelta(seconds=20 * left),
            }


def _allowances(size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    for person in range(1, size.queued + size.active + 1):
        said_at = _said_at(size, size.conversations + 1 - person, now)
        kept = {"granted_at": said_at, "expires_at": said_at + timedelta(hours=48), "total": 5, "used": person % 5}
        yield {"follower_id": person, "trigger": Trigger.MESSAGE, **kept}


def _write(session: Session, model: type[Any], rows: Iterator[dict[str, Any]]) -> None:
    while few := list(islice(rows, ROWS_AT_ONCE)):
        session.execute(insert(model), few)


if __name__ == "__main__":
    sys.exit(main())
