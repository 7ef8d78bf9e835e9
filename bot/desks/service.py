"""Changing a desk's rules: each change is a new version, and holds from the next look of the routing on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import Clock
from bot.compliance.secrets import mask_secrets
from bot.db import Database
from bot.desks.model import DeskRules, StoredRules, Thresholds
from bot.errors import NotFound, VersionStateConflict
from bot.events import Event, EventType
from bot.outbox import publish


@dataclass(frozen=True)
class Change:
    """What shall hold for a desk from now on; None for the release's own."""

    rules: DeskRules | None
    thresholds: Thresholds | None
    reason: str


@dataclass(frozen=True)
class DeskSettings:
    """The rules and alert thresholds of every desk; `rules` and `thresholds` are the release's own."""

    database: Database
    clock: Clock
    rules: Mapping[str, DeskRules]
    thresholds: Mapping[str, Thresholds]

    def change(self, desk: str, seen: int, change: Change, doer: Doer) -> StoredRules:
        """Write the next version. Raises NotFound, VersionStateConflict when somebody changed the desk after `seen`."""
        if desk not in self.rules:
            raise NotFound(desk=desk)
        try:
            return self._write(desk, seen, change, doer)
        except IntegrityError as error:
            raise VersionStateConflict(seen=seen) from error

    def _write(self, desk: str, seen: int, change: Change, doer: Doer) -> StoredRules:
        now = self.clock.now()
        with self.database.transaction() as session:
            number = session.scalar(select(func.max(StoredRules.number)).where(StoredRules.desk == desk)) or 0
            if number != seen:
                raise VersionStateConflict(seen=seen)
            row = StoredRules(
                desk=desk,
                number=number + 1,
                rules=asdict(change.rules) if change.rules else None,
                thresholds=asdict(change.thresholds) if change.thresholds else None,
                reason=mask_secrets(change.reason).text,
                changed_by=doer.username,
                changed_at=now,
            )
            session.add(row)
            session.flush()
            note(session, now, doer, Act.RULES_CHANGED, Thing(f"desk:{desk}", row.id), change.reason)
            publish(session, now, Event(EventType.DESK_RULES_CHANGED, payload={"desk": desk, "number": row.number}))
        return row
