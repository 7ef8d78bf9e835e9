"""Reads of the desk: who waits, in which place, who could serve."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.handoff import rules
from bot.handoff.model import Conversation, Owner
from bot.staff.model import RepStatus, Role, StaffMember

SERVING = (Owner.OFFERED, Owner.ACTIVE)
LONG_AGO_S = 1e9


def get_open(session: Session, follower_id: int) -> Conversation | None:
    """The follower's open conversation, or None."""
    is_open = (Conversation.follower_id == follower_id) & (Conversation.owner != Owner.CLOSED)
    return session.scalars(select(Conversation).where(is_open)).first()


def lock_open(session: Session, follower_id: int) -> Conversation | None:
    """The follower's open conversation, locked for this transaction, or None."""
    is_open = (Conversation.follower_id == follower_id) & (Conversation.owner != Owner.CLOSED)
    return session.scalars(select(Conversation).where(is_open).with_for_update()).first()


def loads(session: Session) -> dict[str, int]:
    """How many chats each rep has or is asked about; counted, never kept as a counter."""
    counts = select(Conversation.rep, func.count()).where(Conversation.owner.in_(SERVING)).group_by(Conversation.rep)
    return {rep: count for rep, count in session.execute(counts) if rep}


def candidates(session: Session, silences: dict[str, float], now: datetime) -> list[rules.Candidate]:
    """Every rep who says he is ready."""
    load = loads(session)
    asked = set(session.scalars(select(Conversation.rep).where(Conversation.owner == Owner.OFFERED)))
    ready = (
        (StaffMember.status == RepStatus.READY)
        & StaffMember.is_enabled
        & StaffMember.role.in_([Role.REP, Role.SUPERVISOR])
    )
    return [
        rules.Candidate(
            username=rep.username,
            skills=tuple(rep.skills),
            capacity=rep.capacity,
            load=load.get(rep.username, 0),
            idle_since=rep.idle_since or now,
            has_offer=rep.username in asked,
            silent_s=silences.get(rep.username, LONG_AGO_S),
        )
        for rep in session.scalars(select(StaffMember).where(ready))
    ]


def waiting(session: Session, skill: str | None = None) -> Sequence[Conversation]:
    """Conversations nobody has yet, in serving order."""
    rows = session.scalars(select(Conversation).where(Conversation.owner == Owner.QUEUED)).all()
    mine = [row for row in rows if skill is None or row.skill == skill]
    return sorted(mine, key=lambda row: (rank_of(row), row.id))


def rank_of(row: Conversation) -> float:
    """Where a waiting conversation stands in its line."""
    return rules.rank(row.queued_at or row.opened_at, row.priority)


def people_ahead(session: Session, conversation: Conversation) -> int:
    """How many are served before this one on the same desk."""
    own = (rank_of(conversation), conversation.id)
    return sum(1 for row in waiting(session, conversation.skill) if (rank_of(row), row.id) < own)


def reps_on_duty(session: Session, skill: str) -> int:
    """How many reps of a desk say they are ready or busy."""
    working = StaffMember.status.in_([RepStatus.READY, RepStatus.BUSY])
    return sum(skill in rep.skills for rep in session.scalars(select(StaffMember).where(working)))


def desk_staff(session: Session) -> Sequence[StaffMember]:
    """Everybody who serves customers, by name."""
    serves = StaffMember.role.in_([Role.REP, Role.SUPERVISOR]) & StaffMember.is_enabled
    return session.scalars(select(StaffMember).where(serves).order_by(StaffMember.display_name)).all()
