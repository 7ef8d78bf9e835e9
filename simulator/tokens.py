"""Access tokens as the platform hands them out: two isolated kinds, grace for a superseded one, call limits."""

import re
import secrets
from collections import deque
from dataclasses import dataclass

from simulator.clock import VirtualClock
from simulator.errors import ApiError

LIFETIME_S = 7200
GRACE_S = 300
RENEWAL_S = 300
FORCE_GAP_S = 30
FORCE_PER_DAY = 20
PLAIN_PER_DAY = 2000
STABLE_PER_MINUTE = 10_000
STABLE_PER_DAY = 500_000
WELL_FORMED = re.compile(r"\d{2,3}_[A-Za-z0-9_-]{100,500}")


@dataclass
class Token:
    """One issued token; dead_from_s is when it stops being accepted as "not latest"."""

    value: str
    expires_s: float
    dead_from_s: float


class TokenOffice:
    """Issues and checks tokens. The caller holds the world's lock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._issued: dict[str, Token] = {}
        self._plain: Token | None = None
        self._stable: Token | None = None
        self._plain_day: tuple[str, int] = ("", 0)
        self._stable_day: tuple[str, int] = ("", 0)
        self._forced_day: tuple[str, int] = ("", 0)
        self._forced_at_s = float("-inf")
        self._stable_calls: deque[float] = deque()
        self.always_refuse = False

    def issue_plain(self) -> dict[str, object]:
        """A new token of /cgi-bin/token; its forerunner dies after the grace. Raises ApiError 45009."""
        self._plain_day = self._count(self._plain_day, PLAIN_PER_DAY)
        self._supersede(self._plain)
        self._plain = self._new("88")
        return {"access_token": self._plain.value, "expires_in": LIFETIME_S}

    def issue_stable(self, *, force: bool) -> dict[str, object]:
        """The token of /cgi-bin/stable_token with its remaining seconds. Raises ApiError 45009, 45011."""
        now = self._clock.now_s()
        self._check_minute(now)
        self._stable_day = self._count(self._stable_day, STABLE_PER_DAY)
        current = self._stable
        usable = current is not None and min(current.expires_s, current.dead_from_s) - now > RENEWAL_S
        if force and now - self._forced_at_s >= FORCE_GAP_S:
            self._forced_day = self._count(self._forced_day, FORCE_PER_DAY)
            self._forced_at_s = now
            if current is not None:
                current.dead_from_s = now
            usable = False
        if current is None or not usable:
            # Without force the old token keeps working until its own end; both are good meanwhile.
            current = self._stable = self._new("99")
        return {"access_token": current.value, "expires_in": int(current.expires_s - now)}

    def check(self, value: str | None) -> None:
        """Raise ApiError 41001, 40014, 40001 or 42001 unless the token is good now."""
        if not value:
            raise ApiError(41001)
        if self.always_refuse:
            raise ApiError(40001)
        if not WELL_FORMED.fullmatch(value):
            raise ApiError(40014)
        token = self._issued.get(value)
        now = self._clock.now_s()
        if token is None or token.dead_from_s <= now:
            raise ApiError(40001)
        if token.expires_s <= now:
            raise ApiError(42001)

    def revoke_all(self) -> None:
        """Kill every token at once, as the platform does after a leak or a reset of the secret."""
        now = self._clock.now_s()
        for token in self._issued.values():
            token.dead_from_s = min(token.dead_from_s, now)

    def _new(self, prefix: str) -> Token:
        now = self._clock.now_s()
        self._issued = {key: token for key, token in self._issued.items() if token.expires_s > now - 86_400}
        token = Token(f"{prefix}_{secrets.token_urlsafe(99)}", now + LIFETIME_S, float("inf"))
        self._issued[token.value] = token
        return token

    def _supersede(self, token: Token | None) -> None:
        if token is not None:
            token.dead_from_s = min(token.dead_from_s, self._clock.now_s() + GRACE_S)

    def _count(self, counter: tuple[str, int], limit: int) -> tuple[str, int]:
        today = self._clock.beijing_day()
        used = counter[1] + 1 if counter[0] == today else 1
        if used > limit:
            raise ApiError(45009)
        return today, used

    def _check_minute(self, now: float) -> None:
        while self._stable_calls and self._stable_calls[0] <= now - 60:
            self._stable_calls.popleft()
        if len(self._stable_calls) >= STABLE_PER_MINUTE:
            raise ApiError(45011)
        self._stable_calls.append(now)
