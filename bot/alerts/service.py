"""Raising alerts and letting them go, in the caller's transaction; for sweeps and for whoever learns of a breach."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.alerts.model import CLOSED_BY_HAND, IS_GOING_ON, Alert, AlertKind, AlertState
from bot.errors import AlertStateConflict, NotFound
from bot.events import SUPERVISORS, Event, EventType
from bot.outbox import publish

Figure = int | float | str | None


@dataclass(frozen=True)
class About:
    """Where an alert leads: a desk, a rep, a conversation, and the figures it was raised with."""

    skill: str | None = None
    rep: str | None = None
    conversation_id: int | None = None
    figures: Mapping[str, Figure] | None = None


NOTHING_MORE = About()
_MATTER = ("kind", "key")


def raise_alert(session: Session, kind: AlertKind, key: str, now: datetime, about: About = NOTHING_MORE) -> bool:
    """Tell the supervisors of a matter, unless they know of it already; True when it is new. Safe to repeat.

    A matter whose alert was closed is raised again: call this only while its cause holds.
    """
    row = {
        "kind": kind,
        "key": key,
        "state": AlertState.OPEN,
        "skill": about.skill,
        "rep": about.rep,
        "conversation_id": about.conversation_id,
        "figures": dict(about.figures or {}),
        "raised_at": now,
    }
    alert_id = session.scalar(_insert_once(session).values(row).returning(Alert.id))
    if alert_id is None:
        return False
    _tell(session, EventType.ALERT_RAISED, alert_id, kind, now)
    return True


def close_alert(session: Session, kind: AlertKind, key: str, now: datetime) -> bool:
    """The cause of a matter ended; True when there was an alert to close. Safe to repeat."""
    going_on = (Alert.kind == kind) & (Alert.key == key) & (Alert.state != AlertState.CLOSED)
    closing = update(Alert).where(going_on).values(state=AlertState.CLOSED, closed_at=now).returning(Alert.id)
    alert_id = session.scalar(closing.execution_options(synchronize_session=False))
    if alert_id is None:
        return False
    _tell(session, EventType.ALERT_CLOSED, alert_id, kind, now)
    return True


def see(session: Session, alert_id: int, username: str, now: datetime) -> Alert:
    """Somebody looked: the bell no longer counts it. Raises NotFound. Safe to repeat."""
    alert = _get_locked(session, alert_id)
    if alert.state is AlertState.OPEN:
        alert.state, alert.seen_at, alert.seen_by = AlertState.SEEN, now, username
        _tell(session, EventType.ALERT_SEEN, alert.id, alert.kind, now)
    return alert


def close_by_hand(session: Session, alert_id: int, username: str, now: datetime) -> Alert:
    """A supervisor dealt with something that happened. Raises NotFound, AlertStateConflict for an alert whose cause
    must end by itself. Safe to repeat.
    """
    alert = _get_locked(session, alert_id)
    if alert.kind not in CLOSED_BY_HAND:
        raise AlertStateConflict(state=alert.state.value)
    if alert.state is not AlertState.CLOSED:
        alert.state, alert.closed_at, alert.closed_by = AlertState.CLOSED, now, username
        _tell(session, EventType.ALERT_CLOSED, alert.id, alert.kind, now)
    return alert


def _get_locked(session: Session, alert_id: int) -> Alert:
    alert = session.get(Alert, alert_id, with_for_update=True, populate_existing=True)
    if alert is None:
        raise NotFound(alert_id=alert_id)
    return alert


def _insert_once(session: Session) -> postgresql.Insert | sqlite.Insert:
    """An insert that does nothing when the matter is going on: an error would end the caller's transaction."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(Alert).on_conflict_do_nothing(index_elements=_MATTER, index_where=IS_GOING_ON)
    return sqlite.insert(Alert).on_conflict_do_nothing(index_elements=_MATTER, index_where=IS_GOING_ON)


def _tell(session: Session, kind: EventType, alert_id: int, about: AlertKind, now: datetime) -> None:
    """Supervisors' screens; a rep has nothing to do with it."""
    payload = {"alert_id": alert_id, "kind": about.value}
    publish(session, now, Event(kind, audience=SUPERVISORS, payload=payload))
