"""What the console gets about alerts."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.schemas import Out
from bot.alerts.model import AlertKind, AlertState


class AlertsQuery(BaseModel):
    """Those going on, or closed ones; `before` is the id behind which the page begins."""

    state: Literal["going_on", "closed"] = "going_on"
    before: Annotated[int | None, Field(ge=1, le=2**53)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class AlertPath(BaseModel):
    """An alert's id."""

    id: Annotated[int, Field(ge=1, le=2**53)]


class AlertOut(Out):
    """One matter: where it leads, and the figures it was raised with. `ends_by_hand`: a supervisor closes it."""

    id: int
    kind: AlertKind
    state: AlertState
    skill: str | None
    skill_name: str | None
    rep: str | None
    conversation_id: int | None
    figures: dict[str, Any]
    raised_at: datetime
    seen_at: datetime | None
    seen_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    ends_by_hand: bool


class AlertsPage(Out):
    """Alerts, newest first; `open` is how many nobody has looked at."""

    items: list[AlertOut]
    open: int
    next: int | None
