"""Whom an event of the desk concerns, decided when it is read: by then the conversation may have moved on, and who no
longer has to do with it need not hear of it. The person it left is named in the event that took it from him.

With hundreds of screens open, each must hear its own matters only; and what was said to the bot alone concerns nobody.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.complaints.service import DESK as COMPLAINTS
from bot.events import CAMPAIGNERS, EVERYBODY, SUPERVISORS
from bot.handoff.model import Conversation, Owner
from bot.staff.model import Role, StaffMember

WAITING = (Owner.QUEUED, Owner.OFFERED)
# Chats are none of their business; mass sends are.
OFF_THE_DESK = frozenset({Role.MARKETER, Role.REVIEWER, Role.ADMIN})


@dataclass(frozen=True)
class Standing:
    """A conversation as it stands now. `came_to_desk` is False while only the bot ever had it."""

    owner: Owner
    rep: str | None
    desk: str | None
    came_to_desk: bool


def staff_topic(username: str) -> str:
    """What concerns this person."""
    return f"staff:{username}"


def desk_topic(desk: str) -> str:
    """What concerns everybody of a desk."""
    return f"desk:{desk}"


def topics_of_person(person: StaffMember) -> frozenset[str]:
    """What this person hears."""
    if person.role in OFF_THE_DESK:
        return frozenset({CAMPAIGNERS, staff_topic(person.username)})
    own = {EVERYBODY, staff_topic(person.username), *map(desk_topic, person.skills)}
    return frozenset(own | {SUPERVISORS, CAMPAIGNERS} if person.role is Role.SUPERVISOR else own)


def topics_of_event(
    type_: str,
    audience: str,
    conversation_id: int | None,
    payload: Mapping[str, Any],
    *,
    standing: Standing | None,
    viewers: Collection[str] = (),
) -> frozenset[str]:
    """Whom an event concerns; empty for nobody. `viewers` have the conversation open."""
    if audience in (SUPERVISORS, CAMPAIGNERS):
        return frozenset({audience})
    if audience != EVERYBODY:
        return frozenset({staff_topic(audience)})
    area = type_.partition(".")[0]
    heard = _named(payload)
    if area == "followup":
        # Beside its chat it stands that a call is promised.
        beside = {staff_topic(one) for one in (*viewers, standing.rep if standing else None) if one}
        return frozenset(heard | {SUPERVISORS} | beside | _desk_of_call(payload))
    if conversation_id is None:
        return frozenset({EVERYBODY})
    if area == "handoff" and isinstance(payload.get("skill"), str):
        # Also when it left the line for the bot again: the desk saw it wait.
        heard |= {SUPERVISORS, desk_topic(payload["skill"])}
    if standing is None or not standing.came_to_desk:
        return frozenset(heard)
    heard |= {SUPERVISORS, *map(staff_topic, viewers)}
    if standing.rep is not None:
        heard.add(staff_topic(standing.rep))
    if standing.desk is not None and (standing.owner in WAITING or area == "handoff"):
        heard.add(desk_topic(standing.desk))
    if area == "complaint":
        heard.add(desk_topic(COMPLAINTS))
    return frozenset(heard)


def standings(session: Session, conversation_ids: Collection[int]) -> dict[int, Standing]:
    """How these conversations stand now; one query."""
    facts = select(Conversation.id, Conversation.owner, Conversation.rep, Conversation.skill, Conversation.queued_at)
    found = session.execute(facts.where(Conversation.id.in_(conversation_ids)))
    return {row[0]: Standing(row[1], row[2], row[3], row[4] is not None) for row in found}


def _desk_of_call(payload: Mapping[str, Any]) -> set[str]:
    """A call that somebody owns is his alone; a free one, and one that came or went, is the desk's."""
    is_shared = payload.get("rep") is None or bool(payload.get("moved"))
    return {desk_topic(payload["skill"])} if is_shared and isinstance(payload.get("skill"), str) else set()


def _named(payload: Mapping[str, Any]) -> set[str]:
    people = (payload.get("rep"), payload.get("former"))
    return {staff_topic(one) for one in people if isinstance(one, str)}
