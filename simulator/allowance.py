"""How many customer-service messages a follower may still get: one bucket per kind of trigger, each with its own end.

The platform does not say whether triggers add up. Here each kind has its own bucket, a new trigger refills its own,
and the bucket that ends first is used first.
"""

from dataclasses import dataclass
from enum import StrEnum

from simulator.errors import ApiError


class Trigger(StrEnum):
    """What a follower did that opens an allowance. A VIEW click opens none."""

    MESSAGE = "message"
    MENU = "menu"
    SUBSCRIBE = "subscribe"
    SCAN = "scan"


RULES: dict[Trigger, tuple[int, float]] = {
    Trigger.MESSAGE: (5, 48 * 3600),
    Trigger.MENU: (3, 60),
    Trigger.SUBSCRIBE: (3, 60),
    Trigger.SCAN: (3, 60),
}


@dataclass
class Bucket:
    """What is left of one trigger, and when it lapses (virtual unix seconds)."""

    left: int
    expires_s: float


class Allowance:
    """The buckets of one follower."""

    __slots__ = ("_buckets",)

    def __init__(self) -> None:
        self._buckets: dict[Trigger, Bucket] = {}

    def open(self, trigger: Trigger, now_s: float) -> None:
        """Refill the bucket of this trigger."""
        count, seconds = RULES[trigger]
        self._buckets[trigger] = Bucket(count, now_s + seconds)

    def close(self) -> None:
        """Take everything away: the follower has left."""
        self._buckets.clear()

    def take(self, now_s: float) -> None:
        """Use one message. Raises ApiError 45015 (no open window) or 45047 (window open, count used up)."""
        live = self._live(now_s)
        if not live:
            raise ApiError(45015)
        usable = [bucket for bucket in live.values() if bucket.left]
        if not usable:
            raise ApiError(45047)
        min(usable, key=lambda bucket: bucket.expires_s).left -= 1

    def as_json(self, now_s: float) -> list[dict[str, object]]:
        """Open buckets, the one used first in front."""
        live = sorted(self._live(now_s).items(), key=lambda item: item[1].expires_s)
        return [{"trigger": str(kind), "left": b.left, "expires_in_s": round(b.expires_s - now_s)} for kind, b in live]

    def _live(self, now_s: float) -> dict[Trigger, Bucket]:
        return {kind: bucket for kind, bucket in self._buckets.items() if bucket.expires_s > now_s}
