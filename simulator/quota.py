"""Daily call counts per path, midnight in Beijing, with the platform's older default limits."""

from typing import Any

from simulator.clock import VirtualClock
from simulator.errors import ApiError

DAILY = {
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/custom/typing": 500_000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/user/info": 5_000_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/menu/create": 1000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1000,
    "/cgi-bin/getcallbackip": 10_000,
}
CLEARS_PER_MONTH = 10


class Quota:
    """Counts by path for one day. The caller holds the world's lock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._day = ""
        self._used: dict[str, int] = {}
        self._clears: dict[str, int] = {}

    def count(self, path: str) -> None:
        """Note one call. Raises ApiError 45009 above the day's limit."""
        self._turn_day()
        used = self._used.get(path, 0) + 1
        if path in DAILY and used > DAILY[path]:
            raise ApiError(45009)
        self._used[path] = used

    def get(self, path: object) -> dict[str, Any]:
        """The numbers of openapi/quota/get. Raises ApiError 76021, 76022."""
        if isinstance(path, str) and path.startswith("/sns/"):
            raise ApiError(76022)
        if not isinstance(path, str) or path not in DAILY:
            raise ApiError(76021)
        self._turn_day()
        used = self._used.get(path, 0)
        quota = {"daily_limit": DAILY[path], "used": used, "remain": DAILY[path] - used}
        return {"quota": quota, "rate_limit": {"call_count": 5000, "refresh_second": 60}}

    def clear(self) -> None:
        """Start all counts anew. Raises ApiError 48006 after ten times in a month."""
        month = self._clock.beijing_month()
        if self._clears.get(month, 0) >= CLEARS_PER_MONTH:
            raise ApiError(48006)
        self._clears[month] = self._clears.get(month, 0) + 1
        self._used.clear()

    def _turn_day(self) -> None:
        today = self._clock.beijing_day()
        if today != self._day:
            self._day = today
            self._used.clear()
