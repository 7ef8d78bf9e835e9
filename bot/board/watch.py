"""Raises alerts for what goes wrong now and closes them when it ends. Run every few seconds by a timer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.alerts.model import Alert, AlertKind, AlertState
from bot.alerts.service import About, close_alert, raise_alert
from bot.board.arrivals import arrivals_since
from bot.board.figures import figures_of
from bot.board.queries import LATELY
from bot.clock import Clock, local_day
from bot.complaints.model import Complaint, ComplaintState
from bot.db import Database
from bot.desks import queries as desks
from bot.desks.model import Thresholds
from bot.handoff import queries as handoff
from bot.handoff.model import Conversation, Owner
from bot.knowledge.content import Skill
from bot.knowledge.hours import is_open
from bot.staff.model import RepStatus

# A percentage of fewer arrivals says nothing.
FEWEST_ARRIVALS = 5
COMPLAINT_DUE_IN = timedelta(days=1)
# What this watch finds by looking; other kinds are raised and closed by those who learn of them.
WATCHED = frozenset(
    {
        AlertKind.LONG_WAIT,
        AlertKind.SERVICE_LEVEL,
        AlertKind.NOBODY_READY,
        AlertKind.COMPLAINT_DUE,
    }
)

Matter = tuple[AlertKind, str]


@dataclass(frozen=True)
class Watch:
    """Looks at desks and complaints; `thresholds` are the release's own."""

    database: Database
    clock: Clock
    skills: Mapping[str, Skill]
    thresholds: Mapping[str, Thresholds]

    def sweep(self) -> int:
        """Raise what is new, close what ended; how many alerts changed. Writes nothing while nothing changed."""
        now = self.clock.now()
        with self.database.reading() as session:
            breaches, going_on = self._breaches(session, now), _going_on(session)
        new, over = breaches.keys() - going_on, going_on - breaches.keys()
        if not new and not over:
            return 0
        with self.database.transaction() as session:
            raised = [raise_alert(session, kind, key, now, breaches[kind, key]) for kind, key in sorted(new)]
            closed = [close_alert(session, kind, key, now) for kind, key in sorted(over)]
        return sum(raised) + sum(closed)

    def _breaches(self, session: Session, now: datetime) -> dict[Matter, About]:
        in_force = desks.thresholds_in_force(session, self.thresholds)
        return {
            **_long_waits(session, in_force, now),
            **_low_levels(session, in_force, now),
            **self._nobody_ready(session, in_force, now),
            **_due_complaints(session, now),
        }

    def _nobody_ready(self, session: Session, in_force: Mapping[str, Thresholds], now: datetime) -> dict[Matter, About]:
        off = desks.off_shift(session, now)
        ready = [
            set(one.skills)
            for one in handoff.desk_staff(session)
            if one.status is RepStatus.READY and one.username not in off
        ]
        served = set[str]().union(*ready)
        return {
            (AlertKind.NOBODY_READY, skill): About(skill)
            for skill, limits in in_force.items()
            if limits.nobody_ready and skill not in served and is_open(now, self.skills[skill])
        }


def _long_waits(session: Session, in_force: Mapping[str, Thresholds], now: datetime) -> dict[Matter, About]:
    """Of each desk the one who waits longest, when that is too long."""
    waits = select(Conversation.skill, Conversation.queued_at, Conversation.id).where(
        Conversation.owner.in_([Owner.QUEUED, Owner.OFFERED])
    )
    found: dict[Matter, About] = {}
    for skill, queued_at, chat in session.execute(waits.order_by(Conversation.queued_at.desc())):
        if skill is None or queued_at is None or skill not in in_force:
            continue
        limit, waited_s = in_force[skill].wait_s, int((now - queued_at).total_seconds())
        if limit and waited_s > limit:
            figures = {"wait_s": waited_s, "limit_s": limit}
            found[AlertKind.LONG_WAIT, skill] = About(skill, conversation_id=chat, figures=figures)
    return found


def _low_levels(session: Session, in_force: Mapping[str, Thresholds], now: datetime) -> dict[Matter, About]:
    since = now - LATELY
    arrivals = arrivals_since(session, since)
    found: dict[Matter, About] = {}
    for skill, limits in in_force.items():
        lately = figures_of((one for one in arrivals if one.skill == skill), now)
        level = lately.service_level
        if lately.arrivals >= FEWEST_ARRIVALS and level is not None and level < limits.service_level_percent:
            figures = {"percent": level, "limit_percent": limits.service_level_percent}
            found[AlertKind.SERVICE_LEVEL, skill] = About(skill, figures=figures)
    return found


def _due_complaints(session: Session, now: datetime) -> dict[Matter, About]:
    today = local_day(now)
    due = select(Complaint.id, Complaint.handler, Complaint.conversation_id, Complaint.due_on, Complaint.ticket).where(
        Complaint.state == ComplaintState.OPEN, Complaint.due_on <= today + COMPLAINT_DUE_IN
    )
    return {
        (AlertKind.COMPLAINT_DUE, str(id_)): About(
            "complaint", handler, chat, {"ticket": ticket, "days_left": (due_on - today).days}
        )
        for id_, handler, chat, due_on, ticket in session.execute(due)
    }


def _going_on(session: Session) -> set[Matter]:
    mine = select(Alert.kind, Alert.key).where(Alert.state != AlertState.CLOSED, Alert.kind.in_(WATCHED))
    return {(kind, key) for kind, key in session.execute(mine)}
