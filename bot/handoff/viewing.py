"""Colleagues see who else has a conversation open, and whether he is writing in it. Told only where two meet: whoever
is alone with a chat costs no event.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import select

from bot.clock import Clock
from bot.db import Database
from bot.errors import QueueUnavailable
from bot.events import Event, EventType
from bot.handoff.routing import DESK_BELL
from bot.outbox import publish
from bot.ports import Viewers, Viewing, Waker
from bot.staff.model import StaffMember

log = structlog.get_logger()


@dataclass(frozen=True)
class Viewer:
    """A colleague who has the conversation open."""

    username: str
    name: str
    is_typing: bool


@dataclass(frozen=True)
class Viewed:
    """Notes who looks at what, and tells those who look at the same."""

    database: Database
    viewers: Viewers
    waker: Waker
    clock: Clock

    def look(self, username: str, viewing: Viewing | None) -> None:
        """This colleague has this open now; None for nothing. Quietly nothing while Redis is away. Safe to repeat."""
        try:
            before = self.viewers.look(username, viewing)
            everybody = self.viewers.now() if before != viewing else {}
        except QueueUnavailable:
            log.warning("viewing_unknown", rep_id=username)
            return
        if before == viewing:
            return
        touched = {one.conversation_id for one in (before, viewing) if one is not None}
        met = [one for one in touched if _others(everybody, one, username)]
        if met:
            self._tell(met, everybody)

    def of(self, conversation_id: int) -> list[Viewer]:
        """Who has this conversation open, by name; nobody while Redis is away."""
        try:
            everybody = self.viewers.now()
        except QueueUnavailable:
            return []
        return self._named(everybody).get(conversation_id, [])

    def watchers(self) -> dict[int, set[str]]:
        """Usernames by the conversation they have open; empty while Redis is away."""
        try:
            everybody = self.viewers.now()
        except QueueUnavailable:
            return {}
        found: dict[int, set[str]] = {}
        for username, viewing in everybody.items():
            found.setdefault(viewing.conversation_id, set()).add(username)
        return found

    def _tell(self, conversation_ids: list[int], everybody: dict[str, Viewing]) -> None:
        named = self._named(everybody)
        with self.database.transaction() as session:
            for conversation_id in conversation_ids:
                told = [
                    {"rep": one.username, "name": one.name, "is_typing": one.is_typing}
                    for one in named.get(conversation_id, [])
                ]
                fact = Event(EventType.VIEWERS_CHANGED, conversation_id, payload={"viewers": told})
                publish(session, self.clock.now(), fact)
        self.waker.ring(DESK_BELL)

    def _named(self, everybody: dict[str, Viewing]) -> dict[int, list[Viewer]]:
        known = select(StaffMember.username, StaffMember.display_name).where(StaffMember.username.in_(everybody))
        with self.database.reading() as session:
            names: dict[str, str] = {row[0]: row[1] for row in session.execute(known)}
        found: dict[int, list[Viewer]] = {}
        for username in sorted(names, key=lambda one: (names[one], one)):
            viewing = everybody[username]
            viewer = Viewer(username, names[username], viewing.is_typing)
            found.setdefault(viewing.conversation_id, []).append(viewer)
        return found


def _others(everybody: dict[str, Viewing], conversation_id: int, username: str) -> bool:
    return any(one.conversation_id == conversation_id and name != username for name, one in everybody.items())
