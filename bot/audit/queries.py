"""Reads of acts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.audit.model import Act, AuditAct


@dataclass(frozen=True)
class Wanted:
    """Which acts; None is any."""

    username: str | None = None
    act: Act | None = None
    follower_id: int | None = None
    before: int | None = None


def page(session: Session, wanted: Wanted, limit: int) -> Sequence[AuditAct]:
    """Acts, newest first; one more than `limit` when there are more."""
    found = select(AuditAct)
    if wanted.username is not None:
        found = found.where(AuditAct.username == wanted.username)
    if wanted.act is not None:
        found = found.where(AuditAct.act == wanted.act)
    if wanted.follower_id is not None:
        found = found.where(AuditAct.follower_id == wanted.follower_id)
    if wanted.before is not None:
        found = found.where(AuditAct.id < wanted.before)
    return session.scalars(found.order_by(AuditAct.id.desc()).limit(limit + 1)).all()
