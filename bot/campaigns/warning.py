"""Tells the supervisors of campaigns that wait for a person: chunks the platform refused, and chunks of which nobody
knows whether they went. The alert ends with the last such chunk.
"""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

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
        stuck = select(Chunk.campaign_id, func.count()).where(or_(unknown, Chunk.state == ChunkState.REJECTED))
        told = select(Alert.key).where(Alert.kind == AlertKind.PUSH_STUCK, Alert.state != AlertState.CLOSED)
        with self.database.reading() as session:
            found = {str(row[0]): int(row[1]) for row in session.execute(stuck.group_by(Chunk.campaign_id))}
            going_on = set(session.scalars(told))
        new, over = found.keys() - going_on, going_on - found.keys()
        if not new and not over:
            return 0
        with self.database.transaction() as session:
            for key in sorted(new):
                about = About(figures={"campaign_id": int(key), "chunks": found[key]})
                raise_alert(session, AlertKind.PUSH_STUCK, key, now, about)
            for key in sorted(over):
                close_alert(session, AlertKind.PUSH_STUCK, key, now)
        return len(new) + len(over)
