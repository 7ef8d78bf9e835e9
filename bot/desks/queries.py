"""How the desks deal out their chats at this moment, read inside the session of whoever asks."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot.desks.model import DeskRules


def rules_in_force(
    session: Session,  # noqa: ARG001 -- where stored rules are read
    defaults: Mapping[str, DeskRules],
) -> Mapping[str, DeskRules]:
    """The rules by desk."""
    return defaults


def deputies(session: Session, now: datetime) -> Mapping[str, str]:  # noqa: ARG001 -- where absences are read
    """Who stands in for whom now: absent dedicated rep → his deputy."""
    return {}


def off_shift(session: Session, now: datetime) -> set[str]:  # noqa: ARG001 -- where rosters are read
    """Reps whose roster says that they are not working now; who has no roster works whenever he says ready."""
    return set()
