"""The platform's access token, one row for all processes: encrypted, versioned, renewed by whoever holds the lease.

Why not one token per process: the platform counts token calls, and a storm of "not latest" answers in eight processes
would otherwise become a storm of token calls. Every instant is the injected clock's; a clock that was set back (the
simulator's can be) frees leases and pauses that seem to lie in its future.
"""

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

import structlog
from sqlalchemy import ColumnElement, CursorResult, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from bot.clock import Clock
from bot.db import Base, Database
from bot.errors import BotError, WechatBusy
from bot.fields import Sealed

log = structlog.get_logger()

# Longer than a token call may take (2 s to connect, 5 s to answer).
LEASE = timedelta(seconds=10)
PAUSE = timedelta(seconds=10)
RENEW_AT_LIFE = 0.8
OTHERS_WAIT_S = 3.0
LOOK_EVERY_S = 0.05


class PlatformToken(Base):
    """An account's token. `version` is the fence: only the holder of the version it read may write the next."""

    __tablename__ = "platform_token"

    app_id: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str | None] = mapped_column(Sealed("platform_token.value"))
    version: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime | None]
    renew_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    is_stale: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True)
class FreshToken:
    """What the platform hands out."""

    value: str
    life_s: int


class FetchToken(Protocol):
    """Asks the platform. Raises WechatBusy or PlatformMisconfigured; `force` kills the present token at once."""

    def __call__(self, *, force: bool) -> FreshToken:
        """A token and its remaining life."""
        ...


@dataclass(frozen=True)
class _Held:
    value: str | None
    version: int
    expires_at: datetime | None
    renew_at: datetime | None
    lease_until: datetime | None
    is_stale: bool

    def is_usable(self, now: datetime) -> bool:
        return self.value is not None and self.expires_at is not None and now < self.expires_at

    def is_leased(self, now: datetime) -> bool:
        return self.lease_until is not None and now < self.lease_until <= now + LEASE


class TokenStore:
    """The token of one account, as every process sees it."""

    def __init__(self, database: Database, clock: Clock, fetch: FetchToken, app_id: str) -> None:
        self._database = database
        self._clock = clock
        self._fetch = fetch
        self._app_id = app_id
        self._one_thread = threading.Lock()

    def get(self) -> str:
        """A token that should work. Raises WechatBusy or PlatformMisconfigured when there is none to be had now."""
        held, now = self._read(), self._clock.now()
        if not held.is_usable(now):
            return self._replaced(held, was_refused=False)
        if held.renew_at is None or now >= held.renew_at:
            self._renew_ahead(held)
            held = self._read()
        return _value(held)

    def refresh_if(self, failed: str) -> str:
        """The token to use instead of one the platform refused. Raises WechatBusy while there is no other.

        If another thread or process has already renewed it, that one is returned and the platform is left in peace.
        """
        held = self._read()
        if held.value is not None and held.value != failed:
            return held.value
        fresh = self._replaced(held, was_refused=True)
        if fresh == failed:
            raise WechatBusy("the platform refuses the token it hands out")
        return fresh

    def _renew_ahead(self, held: _Held) -> None:
        """Renew before the end of life; meanwhile, and if it fails, everybody goes on with the old token."""
        if not self._one_thread.acquire(blocking=False):
            return
        try:
            if self._lease(held.version):
                self._renew(held, force=False, was_refused=False)
        except BotError as error:
            log.warning("token_not_renewed", error=error.code)
        finally:
            self._one_thread.release()

    def _replaced(self, held: _Held, *, was_refused: bool) -> str:
        """The token after `held`, fetched by us or by whoever was first."""
        with self._one_thread:
            if self._lease(held.version):
                # Force only for a token that was refused and handed out again: the platform allows it 20 times a day.
                self._renew(held, force=held.is_stale, was_refused=was_refused)
            else:
                self._await_other(held.version)
        return _value(self._read())

    def _renew(self, held: _Held, *, force: bool, was_refused: bool) -> None:
        try:
            fresh = self._fetch(force=force)
        except BotError:
            self._write(held.version, lease_until=None)
            raise
        now = self._clock.now()
        self._write(
            held.version,
            value=fresh.value,
            version=held.version + 1,
            expires_at=now + timedelta(seconds=fresh.life_s),
            renew_at=now + timedelta(seconds=fresh.life_s * RENEW_AT_LIFE),
            lease_until=None,
            is_stale=was_refused and fresh.value == held.value,
        )
        log.info("token_renewed", version=held.version + 1, life_s=fresh.life_s, forced=force)

    def _await_other(self, version: int) -> None:
        until = time.monotonic() + OTHERS_WAIT_S
        # Version and lease come from one look: between two looks the other could finish, and seem to have given up.
        while (held := self._read()).version == version:
            if not held.is_leased(self._clock.now()) or time.monotonic() > until:
                raise WechatBusy("no token now; the last one was asked for just before")
            threading.Event().wait(LOOK_EVERY_S)

    def _read(self) -> _Held:
        with self._database.reading() as session:
            row = session.get(PlatformToken, self._app_id)
            if row is None:
                return _Held(None, 0, None, None, None, is_stale=False)
            return _Held(row.value, row.version, row.expires_at, row.renew_at, row.lease_until, row.is_stale)

    def _lease(self, version: int) -> bool:
        """True if we may ask the platform now: nobody else does or just did, and nothing has changed since."""
        now = self._clock.now()
        self._make_row()
        rested = or_(
            PlatformToken.asked_at.is_(None), PlatformToken.asked_at <= now - PAUSE, PlatformToken.asked_at > now
        )
        mine = (
            update(PlatformToken)
            .where(PlatformToken.app_id == self._app_id, PlatformToken.version == version, rested, _is_free(now))
            .values(lease_until=now + LEASE, asked_at=now)
        )
        with self._database.transaction() as session:
            return cast("CursorResult[Any]", session.execute(mine)).rowcount == 1

    def _make_row(self) -> None:
        with self._database.reading() as session:
            if session.get(PlatformToken, self._app_id) is not None:
                return
        try:
            with self._database.transaction() as session:
                session.add(PlatformToken(app_id=self._app_id))
        except IntegrityError:
            return  # another process was first

    def _write(self, seen: int, **values: Any) -> None:
        mine = PlatformToken.app_id == self._app_id, PlatformToken.version == seen
        with self._database.transaction() as session:
            session.execute(update(PlatformToken).where(*mine).values(**values))


def _is_free(now: datetime) -> ColumnElement[bool]:
    lease = PlatformToken.lease_until
    return or_(lease.is_(None), lease <= now, lease > now + LEASE)


def _value(held: _Held) -> str:
    if held.value is None:
        raise WechatBusy("no token yet")
    return held.value
