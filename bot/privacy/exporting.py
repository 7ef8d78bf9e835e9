"""All that is held of one follower, as he may read it: rows by table with Chinese names, and a summary in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import local
from bot.privacy.registry import PERSONAL, PersonalTable, belonging, get_table
from bot.privacy.sealing import is_empty, plain

MOST_ROWS = 20_000


@dataclass(frozen=True)
class Holding:
    """What one table holds of him: its Chinese name, how many rows, and the rows themselves, oldest first."""

    label: str
    count: int
    rows: Sequence[Mapping[str, Any]]


def held_of(session: Session, follower_id: int) -> list[Holding]:
    """All that is held of this follower, table by table; empty tables are left out."""
    found = (_holding(session, entry, follower_id) for entry in PERSONAL if entry.columns)
    return [one for one in found if one.count]


def in_words(holdings: Sequence[Holding]) -> str:
    """客户资料1条、聊天记录12条: for the customer and for whoever handles his request."""
    return "、".join(f"{one.label}{one.count}条" for one in holdings) or "没有资料"


def summary(holdings: Sequence[Holding]) -> list[str]:
    """One sentence a table: what is kept in it, and how much."""
    return [f"{one.label}：{one.count}条，包括{'、'.join(_filled(one.rows))}。" for one in holdings]


def _holding(session: Session, entry: PersonalTable, follower_id: int) -> Holding:
    source, followers = get_table(entry.name), get_table("followers")
    mine = belonging(entry, select(followers.c.id).where(followers.c.id == follower_id))
    columns = [source.c[name] for name in {**entry.columns, **entry.empty}]
    ordered = select(*columns).where(mine).order_by(*source.primary_key.columns).limit(MOST_ROWS)
    full = [row for row in session.execute(ordered).mappings() if not is_empty(entry, row)]
    rows = [{label: _shown(row[name]) for name, label in entry.columns.items()} for row in full]
    return Holding(entry.label, len(rows), rows)


def _filled(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    labels = rows[0].keys() if rows else ()
    return [label for label in labels if any(row[label] not in (None, "", {}, []) for row in rows)]


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "是" if value else "否"
    return plain(value)
