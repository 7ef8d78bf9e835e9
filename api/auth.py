"""Who calls: server-side sessions in a cookie, a CSRF token on writes, and the roles each endpoint is open to."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import Flask, Response, current_app, g, request

from bot.bootstrap import Bot
from bot.errors import NotAllowed, NotSignedIn
from bot.staff.model import ConsoleSession, Role, StaffMember

F = TypeVar("F", bound=Callable[..., Any])

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
TOUCH_AFTER = timedelta(seconds=30)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ANYBODY = frozenset[Role]()
EVERY_ROLE = frozenset(Role)
DESK_ROLES = frozenset({Role.REP, Role.SUPERVISOR})
SUPERVISORS = frozenset({Role.SUPERVISOR})
# A person of a branch meets only its own customers (bot/handoff/customer_scope.py).
CUSTOMER_ROLES = frozenset({Role.REP, Role.SUPERVISOR, Role.BRANCH})
BRANCHES = frozenset({Role.BRANCH})
AUDIT_ROLES = frozenset({Role.ADMIN, Role.SUPERVISOR})
DATA_ROLES = frozenset({Role.SUPERVISOR})
# What the work came to is also theirs who market it and who run the product; chats and people are the supervisor's.
REPORT_ROLES = frozenset({Role.SUPERVISOR, Role.MARKETER, Role.ADMIN})
LEARNING_ROLES = frozenset({Role.TRAINER, Role.SUPERVISOR})
# Who writes what the bank says, and who has the second person's word; nobody is both.
WRITING_ROLES = frozenset({Role.MARKETER, Role.SUPERVISOR})
REVIEWING_ROLES = frozenset({Role.REVIEWER})
# Mass sends: who writes and runs them, who looks on, who may hold them, and who allows them again after a stop.
MARKETERS = frozenset({Role.MARKETER})
CAMPAIGN_ROLES = frozenset({Role.MARKETER, Role.REVIEWER, Role.SUPERVISOR, Role.ADMIN})
HOLDING_ROLES = CAMPAIGN_ROLES
# Whose screens follow events.
STREAM_ROLES = DESK_ROLES | CAMPAIGN_ROLES
LIFTING_ROLES = frozenset({Role.SUPERVISOR, Role.ADMIN})
# Who writes articles, and who reads them: the second person before he approves a send, the supervisor at any time.
ARTICLE_WRITERS = frozenset({Role.MARKETER})
ARTICLE_READERS = frozenset({Role.MARKETER, Role.REVIEWER, Role.SUPERVISOR})
# Who chooses audiences, and who may look at them; a person of a branch brings its own lists and sees no others.
AUDIENCE_WRITERS = frozenset({Role.MARKETER})
AUDIENCE_READERS = AUDIENCE_WRITERS | REVIEWING_ROLES | AUDIT_ROLES
LIST_WRITERS = AUDIENCE_WRITERS | BRANCHES
LIST_READERS = AUDIENCE_READERS | BRANCHES

_hasher = PasswordHasher()
# One hash costs 64 MiB and 0.1 s; more than two at once would be a way to bring the process down.
_hashing = threading.BoundedSemaphore(2)
_DUMMY_HASH = _hasher.hash("nobody has this password")


@dataclass(frozen=True)
class Caller:
    """The signed-in person of this request."""

    username: str
    role: Role
    csrf_token: str
    token_hash: str
    last_seen_at: datetime


def open_to(roles: frozenset[Role], *, is_activity: bool = True) -> Callable[[F], F]:
    """Mark an endpoint with the roles that may call it; ANYBODY needs no session. An unmarked endpoint is refused.

    `is_activity` False: an open screen calls it by itself, so it does not keep a session from going idle.
    """

    def mark(view: F) -> F:
        view.open_to = roles  # type: ignore[attr-defined]
        view.is_activity = is_activity  # type: ignore[attr-defined]
        return view

    return mark


def caller() -> Caller:
    """The signed-in person. Raises NotSignedIn."""
    found: Caller | None = g.get("caller")
    if found is None:
        raise NotSignedIn
    return found


def the_bot() -> Bot:
    """The product behind this app."""
    bot: Bot = current_app.extensions["bot"]
    return bot


def cookie_name(bot: Bot) -> str:
    """`__Host-` binds the cookie to this host and to TLS, which a demo on loopback does not have."""
    return "__Host-xinqiao" if bot.settings.is_production else "xinqiao_session"


def machine_now() -> datetime:
    """The machine's own instant. Sessions end by it and not by the product's clock, which a demo moves by hours."""
    return datetime.now(UTC)


def sign_in(bot: Bot, username: str, password: str) -> tuple[str, ConsoleSession, StaffMember]:
    """Start a session; the cookie's token, the session row and the person. Raises NotSignedIn, alike for every
    reason.
    """
    with bot.database.reading() as session:
        person = session.get(StaffMember, username)
    is_right = _verify(person.password_hash if person else _DUMMY_HASH, password)
    if person is None or not is_right or not person.is_enabled:
        raise NotSignedIn
    token = secrets.token_urlsafe(32)
    now = machine_now()
    row = ConsoleSession(
        token_hash=_hash(bot, token),
        username=username,
        csrf_token=secrets.token_urlsafe(24),
        created_at=now,
        last_seen_at=now,
    )
    with bot.database.transaction() as session:
        session.add(row)
    return token, row, person


def sign_out(bot: Bot, token_hash: str) -> None:
    """End a session. Safe to repeat."""
    with bot.database.transaction() as session:
        row = session.get(ConsoleSession, token_hash)
        if row is not None:
            session.delete(row)


def find_caller(bot: Bot, token: str | None) -> Caller | None:
    """The person of a cookie, or None when it is unknown, idle too long, too old, or the person was disabled.

    Looking is no activity: only `register` notes that somebody was there.
    """
    if not token:
        return None
    now = machine_now()
    with bot.database.reading() as session:
        row = session.get(ConsoleSession, _hash(bot, token))
        person = session.get(StaffMember, row.username) if row else None
    if row is None or person is None or not person.is_enabled:
        return None
    if now - row.last_seen_at > IDLE or now - row.created_at > LONGEST:
        return None
    return Caller(person.username, person.role, row.csrf_token, row.token_hash, row.last_seen_at)


def register(app: Flask, bot: Bot) -> None:
    """Check every request before its view runs: session, role, CSRF token."""

    @app.before_request
    def check_request() -> Response | None:
        if request.endpoint is None:
            return None
        view = app.view_functions[request.endpoint]
        roles = getattr(view, "open_to", None)
        if roles is None:
            raise NotAllowed
        g.caller = find_caller(bot, request.cookies.get(cookie_name(bot)))
        if roles == ANYBODY:
            return None
        if caller().role not in roles:
            raise NotAllowed
        if request.method not in SAFE_METHODS:
            _check_csrf(caller())
        if getattr(view, "is_activity", False):
            _note_activity(bot, caller())
        return None


def _check_csrf(who: Caller) -> None:
    sent = request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(sent.encode(), who.csrf_token.encode()):
        raise NotAllowed(reason="csrf")


def _note_activity(bot: Bot, who: Caller) -> None:
    """Somebody uses this session; written only now and then, because each write costs a disk flush."""
    now = machine_now()
    if now - who.last_seen_at <= TOUCH_AFTER:
        return
    with bot.database.transaction() as session:
        row = session.get(ConsoleSession, who.token_hash)
        if row is not None:
            row.last_seen_at = now


def _hash(bot: Bot, token: str) -> str:
    """Keyed, so that a copy of the table does not let anybody check guesses."""
    return hmac.new(bot.settings.secret_key.encode(), token.encode(), hashlib.sha256).hexdigest()


def _verify(password_hash: str, password: str) -> bool:
    with _hashing:
        try:
            return _hasher.verify(password_hash, password)
        except VerificationError:
            return False


def hash_password(password: str) -> str:
    """An argon2id hash for the staff table."""
    return _hasher.hash(password)
