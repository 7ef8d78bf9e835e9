"""Tells the supervisors of campaigns that wait for a person: chunks the platform refused, and chunks of which nobody
knows whether they went. The alert ends with the last such chunk.
"""

from dataclasses import dataclass

from sqlalchemy import or_, select

from bot.alerts.model import Alert, AlertKind, AlertState
from bot.alerts.service import About, close_alert, raise_alert
from bot.campaigns.chunks import Chunk, ChunkState
from bot.clock import Clock
from bot.db import Database


@dataclass(frozen=True)
class Warnings:
    """The sweep of a timer."""

    database: Database
    clock: Clock

    def sweep(self) -> int:
        """Raise what is new, close what ended; how many alerts changed. Writes nothing while nothing changed."""
        now = self.clock.now()
        unknown = (Chunk.state == ChunkState.UNKNOWN) & Chunk.needs_person
        stuck = select(Chunk.campaign_id).where(or_(unknown, Chunk.state == ChunkState.REJECTED)).distinct()
        told = select(Alert.key).where(Alert.kind == AlertKind.PUSH_STUCK, Alert.state != AlertState.CLOSED)
        with self.database.reading() as session:
            found = {str(one) for one in session.scalars(stuck)}
            going_on = set(session.scalars(told))
        new, over = found - going_on, going_on - found
        if not new and not over:
            return 0
        with self.database.transaction() as session:
            for key in sorted(new):
                # How many chunks it is may change while the alert stands: the campaign's page tells.
                raise_alert(session, AlertKind.PUSH_STUCK, key, now, About(figures={"campaign_id": int(key)}))
            for key in sorted(over):
                close_alert(session, AlertKind.PUSH_STUCK, key, now)
        return len(new) + len(over)
