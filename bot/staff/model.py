"""People who work in the centre: who they are, what they may do, what they said about being free."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base


class Role(StrEnum):
    """What a person may do in the console."""

    REP = "rep"
    SUPERVISOR = "supervisor"
    MARKETER = "marketer"
    REVIEWER = "reviewer"
    BRANCH = "branch"
    ADMIN = "admin"
    TRAINER = "trainer"


class RepStatus(StrEnum):
    """What a rep wants; whether the screen is alive is presence, kept apart. Routable is both."""

    READY = "ready"
    BUSY = "busy"
    BREAK = "break"
    OFFLINE = "offline"


class StaffMember(Base):
    """One person. `skills` are the desks served, `capacity` how many chats at once (by weight), `idle_since` or
    `last_offered_at` decides who is next. `version` grows with every change of skills, capacity or roster, so that two
    supervisors cannot overwrite each other; `status_since` is when the status was set.
    """

    __tablename__ = "staff"

    username: Mapped[str] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    role: Mapped[Role]
    password_hash: Mapped[str]
    skills: Mapped[list[str]] = mapped_column(JSON, default=list)
    capacity: Mapped[int] = mapped_column(default=0)
    status: Mapped[RepStatus] = mapped_column(default=RepStatus.OFFLINE)
    idle_since: Mapped[datetime | None]
    missed_offers: Mapped[int] = mapped_column(default=0)
    last_offered_at: Mapped[datetime | None]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    status_since: Mapped[datetime | None]


class ConsoleSession(Base):
    """One signed-in browser. Only a hash of the cookie is kept."""

    __tablename__ = "console_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(index=True)
    csrf_token: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
