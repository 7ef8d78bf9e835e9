"""Writing acts down, in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.audit.model import Act, AuditAct
from bot.compliance.secrets import mask_personal

# A screen reads an open chat again with every new line: within this time it is one look.
ONE_LOOK = timedelta(minutes=10)


@dataclass(frozen=True)
class Doer:
    """Who acts, by which request."""

    username: str
    request_id: str | None = None


@dataclass(frozen=True)
class Thing:
    """What an act is about: a row of ours, and the follower it belongs to."""

    kind: str
    id: int | None = None
    follower_id: int | None = None


def note(session: Session, now: datetime, doer: Doer, act: Act, thing: Thing, reason: str | None = None) -> None:
    """Write one act; personal details in the reason are masked."""
    session.add(
        AuditAct(
            at=now,
            username=doer.username,
            act=act,
            object_kind=thing.kind,
            object_id=thing.id,
            follower_id=thing.follower_id,
            reason=mask_personal(reason) if reason else None,
            request_id=doer.request_id,
        )
    )


def has_just_looked(
    session: Session, now: datetime, username: str, thing: Thing, act: Act = Act.CONVERSATION_READ
) -> bool:
    """True when this person's look at this thing is written down already, minutes ago."""
    looks = (
        select(AuditAct.id)
        .where(AuditAct.username == username, AuditAct.act == act)
        .where(AuditAct.object_kind == thing.kind, AuditAct.object_id == thing.id)
        .where(AuditAct.at > now - ONE_LOOK)
    )
    return session.scalars(looks.limit(1)).first() is not None
