"""Reads of the desk: who waits, in which place, who could serve."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.complaints.model import Complaint, ComplaintState
from bot.complaints.service import DESK as COMPLAINTS
from bot.customers.model import Follower
from bot.desks.model import DeskRules, Order
from bot.desks.queries import off_shift
from bot.handoff import rules
from bot.handoff.capacity import weights
from bot.handoff.hurry import has_room
from bot.handoff.model import Conversation, Owner
from bot.staff.model import RepStatus, Role, StaffMember

SERVING = (Owner.OFFERED, Owner.ACTIVE)
LONG_AGO_S = 1e9
# Every push runs these. Written once, because putting a statement together costs more than running it.
_OPEN = select(Conversation).where(Conversation.follower_id == bindparam("whose"), Conversation.owner != Owner.CLOSED)
_OPEN_LOCKED = _OPEN.with_for_update()
_WITH_CHAT = (
    select(Follower, Conversation)
    .outerjoin(Conversation, (Conversation.follower_id == Follower.id) & (Conversation.owner != Owner.CLOSED))
    .where(Follower.openid == bindparam("whose"))
)


def get_open(session: Session, follower_id: int) -> Conversation | None:
    """The follower's open conversation, or None."""
    return session.scalars(_OPEN, {"whose": follower_id}).first()


def find_with_chat(session: Session, openid: str) -> tuple[Follower | None, Conversation | None]:
    """A follower and his open conversation, each None when there is none."""
    found = session.execute(_WITH_CHAT, {"whose": openid}).first()
    return (found[0], found[1]) if found is not None else (None, None)


def lock_open(session: Session, follower_id: int) -> Conversation | None:
    """The follower's open conversation, locked for this transaction, or None."""
    return session.scalars(_OPEN_LOCKED, {"whose": follower_id}).first()


def loads(session: Session) -> dict[str, int]:
    """How many chats each rep has or is asked about; counted, never kept as a counter."""
    counts = select(Conversation.rep, func.count()).where(Conversation.owner.in_(SERVING)).group_by(Conversation.rep)
    return {rep: count for rep, count in session.execute(counts) if rep}


def candidates(session: Session, silences: Mapping[str, float], now: datetime) -> list[rules.Candidate]:
    """Every rep who says he is ready."""
    load = weights(session, now)
    asked = set(session.scalars(select(Conversation.rep).where(Conversation.owner == Owner.OFFERED)))
    away = off_shift(session, now)
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
            last_offered_at=rep.last_offered_at,
            is_on_shift=rep.username not in away,
        )
        for rep in session.scalars(select(StaffMember).where(ready))
    ]


def line(session: Session, desks: Mapping[str, DeskRules], now: datetime) -> list[rules.Waiting]:
    """Everybody who waits, whoever is served first first; no column that is sealed is read for it."""
    is_open = (Complaint.follower_id == Conversation.follower_id) & (Complaint.state == ComplaintState.OPEN)
    found = session.execute(
        select(
            Conversation.id,
            Conversation.follower_id,
            Conversation.skill,
            Conversation.version,
            Conversation.offer_id,
            func.coalesce(Conversation.queued_at, Conversation.opened_at).label("asked_at"),
            Conversation.priority,
            Conversation.wished_rep,
            Conversation.declined_by,
            Conversation.offer_expires_at,
            Conversation.last_customer_at,
            Follower.dedicated_rep,
            Follower.last_rep,
            Complaint.about_rep,
        )
        .join(Follower, Follower.id == Conversation.follower_id)
        .outerjoin(Complaint, is_open & (Conversation.skill == COMPLAINTS))
        .where(Conversation.owner == Owner.QUEUED)
    ).all()
    hurrying = by_window(desks)
    answerable = _answerable(session, [row.follower_id for row in found if row.skill in hurrying], now)
    chats = [
        rules.Waiting(
            id=row.id,
            skill=row.skill or "",
            version=row.version,
            offer_id=row.offer_id,
            queued_at=row.asked_at,
            rank=rules.rank_in(
                Order.WINDOW if row.skill in hurrying else Order.WAITING,
                row.asked_at,
                row.priority,
                closes_at(row.last_customer_at) if row.follower_id in answerable else None,
                now,
            ),
            wished=row.wished_rep,
            dedicated=row.dedicated_rep,
            last_rep=row.last_rep,
            barred=row.about_rep,
            declined_by=row.declined_by,
            may_ask_again=row.offer_expires_at is None or now - row.offer_expires_at >= rules.ASK_AGAIN_AFTER,
        )
        for row in found
    ]
    return sorted(chats, key=lambda chat: (chat.rank, chat.id))


def desk_of(desks: Mapping[str, DeskRules], skill: str | None) -> DeskRules:
    """The rules of a desk; those of the general one for a desk that is no more."""
    return desks.get(skill or rules.FALLBACK) or desks[rules.FALLBACK]


def by_window(desks: Mapping[str, DeskRules]) -> set[str]:
    """The desks that serve first whose message window ends first."""
    return {desk for desk, its in desks.items() if its.order is Order.WINDOW}


def closes_at(last_customer_at: datetime | None) -> datetime | None:
    """When the window ends that the customer's last word opened."""
    return last_customer_at + rules.WINDOW if last_customer_at is not None else None


def _answerable(session: Session, follower_ids: Sequence[int], now: datetime) -> set[int]:
    """Which of these followers something may still be sent to."""
    if not follower_ids:
        return set()
    can = select(Follower.id).where(Follower.id.in_(follower_ids), has_room(Follower.id, now))
    return set(session.scalars(can))


def waiting(session: Session, skill: str | None = None) -> Sequence[Conversation]:
    """Conversations nobody has yet, in serving order."""
    rows = session.scalars(select(Conversation).where(Conversation.owner == Owner.QUEUED)).all()
    mine = [row for row in rows if skill is None or row.skill == skill]
    return sorted(mine, key=lambda row: (rank_of(row), row.id))


def rank_of(row: Conversation) -> float:
    """Where a waiting conversation stands in its line."""
    return rules.rank(row.queued_at or row.opened_at, row.priority)


def people_ahead(session: Session, conversation: Conversation, desks: Mapping[str, DeskRules], now: datetime) -> int:
    """How many are served before this one on the same desk."""
    mine = [chat.id for chat in line(session, desks, now) if chat.skill == conversation.skill]
    return mine.index(conversation.id) if conversation.id in mine else 0


def reps_on_duty(session: Session, skill: str, now: datetime) -> int:
    """How many reps of a desk say they are ready or busy, and are at work by the roster."""
    working = StaffMember.status.in_([RepStatus.READY, RepStatus.BUSY]) & StaffMember.is_enabled
    away = off_shift(session, now)
    return sum(
        skill in one.skills and one.username not in away for one in session.scalars(select(StaffMember).where(working))
    )


def desk_staff(session: Session) -> Sequence[StaffMember]:
    """Everybody who serves customers, by name."""
    serves = StaffMember.role.in_([Role.REP, Role.SUPERVISOR]) & StaffMember.is_enabled
    return session.scalars(select(StaffMember).where(serves).order_by(StaffMember.display_name)).all()
