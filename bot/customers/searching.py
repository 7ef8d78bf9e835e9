"""Finding a customer by what a rep knows of him: firm name or a part of it, label, phone or its tail, firm id."""

import re

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.customers.search_keys import firm_key, keys_of_text, phone_key, search_keys, version_mark

BATCH = 500
_FIRM_ID = re.compile(r"[A-Za-z]\d{3,12}")


def matches(text: str) -> ColumnElement[bool]:
    """Which customers a text means; nobody for a text that is too short to tell."""
    said = text.strip()
    ways: list[ColumnElement[bool]] = []
    if len(said) > 1:
        ways.append(Follower.label.contains(said, autoescape=True))
    if _FIRM_ID.fullmatch(said):
        ways.append(Follower.firm_id == said.upper())
    keys = keys_of_text(said)
    if keys:
        ways.append(and_(*(Follower.search_keys.contains(f" {key} ") for key in keys)))
    return or_(false(), *ways)


def make_missing_keys(session: Session, limit: int = BATCH) -> int:
    """Make the keys of followers who have none of today's making; how many there were. Safe to repeat."""
    is_sealed = Follower.firm_name.is_not(None) | Follower.phone.is_not(None)
    is_old = Follower.search_keys.is_(None) | ~Follower.search_keys.startswith(f" {version_mark()} ")
    old = select(Follower).where(is_sealed, is_old).limit(limit).with_for_update(skip_locked=True)
    rows = session.scalars(old).all()
    for row in rows:
        row.search_keys = search_keys(row.firm_name, row.phone)
        row.firm_key, row.phone_key = firm_key(row.firm_name), phone_key(row.phone)
    return len(rows)
