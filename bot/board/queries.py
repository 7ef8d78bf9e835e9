"""The live board in a constant number of statements."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.board.arrivals import arrivals_since, offers_ended
from bot.board.figures import Arrival, buckets_of, figures_of
from bot.board.model import Board, ChatNow, DeskNow, RepNow, WaitingNow
from bot.clock import local
from bot.customers.model import Follower
from bot.desks import queries as rosters
from bot.desks.model import Absence, DeskRules
from bot.desks.rules import Span
from bot.handoff import queries as handoff
from bot.handoff.capacity import weights
from bot.handoff.model import Conversation, OfferEnded, Owner
from bot.knowledge.content import Skill
from bot.knowledge.hours import is_open
from bot.staff.model import RepStatus, StaffMember

LATELY = timedelta(minutes=30)
CHART_OF = timedelta(hours=4)
STRETCH = timedelta(minutes=15)
OPEN = (Owner.QUEUED, Owner.OFFERED, Owner.ACTIVE)


@dataclass(frozen=True)
class _Rows:
    """What is read once and looked at from several sides."""

    open: Sequence[tuple[Conversation, str]]
    staff: Sequence[StaffMember]
    arrivals: Sequence[Arrival]


@dataclass(frozen=True)
class _Work:
    """Who is at work by the rosters: who has one, whose shift it is, who is away."""

    rostered: set[str]
    working: Mapping[str, Span]
    away: Mapping[str, Absence]

    def is_on_shift(self, rep: str) -> bool | None:
        """None for a rep without a roster."""
        if rep in self.away:
            return False
        return rep in self.working if rep in self.rostered else None


@dataclass(frozen=True)
class _Held:
    """What each rep holds, what it weighs, what he still writes up, how his offers ended today."""

    chats: Mapping[str, Sequence[ChatNow]]
    weights: Mapping[str, int]
    wrapping: Mapping[str, int]
    ended: Counter[tuple[str, OfferEnded]]


def board(
    session: Session,
    skills: Mapping[str, Skill],
    desks: Mapping[str, DeskRules],
    silences: Mapping[str, float],
    now: datetime,
) -> Board:
    """The desks at this moment; `desks` are the rules in force."""
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    chart_start = _floor(now) + STRETCH - CHART_OF
    since = min(midnight, chart_start)
    arrivals = arrivals_since(session, since)
    rows = _Rows(_open(session), handoff.desk_staff(session), arrivals)
    return Board(
        at=now,
        desks=[_desk(skill, rows, midnight, now) for skill in skills.values()],
        reps=_reps(session, rows, silences, midnight, now),
        waiting=_waiting(rows, [chat.id for chat in handoff.line(session, desks, now)]),
        total=figures_of(_after(arrivals, midnight), now),
        chart=buckets_of(arrivals, chart_start, STRETCH, CHART_OF // STRETCH),
    )


def _desk(skill: Skill, rows: _Rows, midnight: datetime, now: datetime) -> DeskNow:
    mine = [one for one in rows.arrivals if one.skill == skill.id]
    waiting = [row for row, _ in rows.open if row.skill == skill.id and row.owner is not Owner.ACTIVE]
    waits = [(now - (row.queued_at or row.opened_at)).total_seconds() for row in waiting]
    return DeskNow(
        skill=skill.id,
        is_open=is_open(now, skill),
        waiting=len(waiting),
        longest_wait_s=int(max(waits, default=0)),
        active=sum(row.skill == skill.id and row.owner is Owner.ACTIVE for row, _ in rows.open),
        ready=sum(skill.id in one.skills and one.status is RepStatus.READY for one in rows.staff),
        lately=figures_of(_after(mine, now - LATELY), now),
        today=figures_of(_after(mine, midnight), now),
    )


def _reps(
    session: Session, rows: _Rows, silences: Mapping[str, float], midnight: datetime, now: datetime
) -> list[RepNow]:
    shifts = rosters.shifts_around(session, now)
    work = _Work(
        rostered={span.rep for span in shifts},
        working={span.rep: span for span in shifts if span.holds(now)},
        away={row.rep: row for row in rosters.absences_at(session, now)},
    )
    chats: dict[str, list[ChatNow]] = defaultdict(list)
    for row, label in rows.open:
        if row.rep is not None:
            chats[row.rep].append(_chat(row, label))
    held = _Held(chats, weights(session, now), _wrapping(session, now), offers_ended(session, midnight))
    return [_rep(one, held, work, silences.get(one.username)) for one in rows.staff]


def _rep(one: StaffMember, held: _Held, work: _Work, silent_s: float | None) -> RepNow:
    shift, absence = work.working.get(one.username), work.away.get(one.username)
    return RepNow(
        username=one.username,
        display_name=one.display_name,
        role=one.role.value,
        skills=one.skills,
        status=one.status,
        status_since=one.status_since,
        is_on_shift=work.is_on_shift(one.username),
        shift_ends_at=shift.ends_at if shift else None,
        away_until=absence.ends_at if absence else None,
        silent_s=silent_s,
        load=held.weights.get(one.username, 0),
        capacity=one.capacity,
        wrapping=held.wrapping.get(one.username, 0),
        missed=held.ended[one.username, OfferEnded.MISSED],
        declined=held.ended[one.username, OfferEnded.DECLINED],
        chats=held.chats[one.username],
    )


def _chat(row: Conversation, label: str) -> ChatNow:
    heard, said = row.last_customer_at, row.last_rep_at
    is_active = row.owner is Owner.ACTIVE
    is_unanswered = is_active and heard is not None and (said is None or heard > said)
    return ChatNow(row.id, label, row.skill, not is_active, row.accepted_at, heard if is_unanswered else None)


def _waiting(rows: _Rows, line: Sequence[int]) -> list[WaitingNow]:
    """Whom somebody is asked for already, then the others as they will be served."""
    places = {chat: place for place, chat in enumerate(line)}
    waiting = [(row, label) for row, label in rows.open if row.owner is not Owner.ACTIVE]
    waiting.sort(key=lambda one: (places.get(one[0].id, -1), handoff.rank_of(one[0]), one[0].id))
    return [
        WaitingNow(row.id, label, row.skill or "", row.priority, row.queued_at or row.opened_at, row.rep)
        for row, label in waiting
    ]


def _open(session: Session) -> list[tuple[Conversation, str]]:
    found = select(Conversation, Follower.label).join(Follower, Follower.id == Conversation.follower_id)
    rows = session.execute(found.where(Conversation.owner.in_(OPEN)).order_by(Conversation.accepted_at))
    return [(row[0], row[1]) for row in rows]


def _wrapping(session: Session, now: datetime) -> dict[str, int]:
    is_going_on = (Conversation.owner == Owner.CLOSED) & (Conversation.wrap_up_until > now)
    counts = select(Conversation.rep, func.count()).where(is_going_on).group_by(Conversation.rep)
    return {rep: count for rep, count in session.execute(counts) if rep}


def _after(arrivals: Sequence[Arrival], start: datetime) -> list[Arrival]:
    return [one for one in arrivals if one.asked_at >= start]


def _floor(now: datetime) -> datetime:
    return now - timedelta(seconds=now.timestamp() % STRETCH.total_seconds())
