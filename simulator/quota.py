"""Call counts per path, by the day (midnight in Beijing) and the minute, with the platform's older default limits."""

from collections import defaultdict, deque
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
    "/cgi-bin/draft/add": 1000,
    "/cgi-bin/draft/update": 1000,
    "/cgi-bin/draft/get": 500,
    "/cgi-bin/draft/delete": 1000,
    "/cgi-bin/draft/batchget": 1000,
    "/cgi-bin/draft/count": 1000,
    "/cgi-bin/material/add_material": 1000,
    "/cgi-bin/material/del_material": 1000,
    "/cgi-bin/material/get_materialcount": 1000,
    "/cgi-bin/media/uploadimg": 1000,
    "/cgi-bin/freepublish/submit": 100,
    "/cgi-bin/freepublish/get": 100,
    "/cgi-bin/freepublish/delete": 10,
    "/cgi-bin/freepublish/batchget": 100,
    "/cgi-bin/freepublish/getarticle": 100,
    "/cgi-bin/message/mass/send": 100,
    "/cgi-bin/message/mass/sendall": 100,
    "/cgi-bin/message/mass/preview": 100,
    "/cgi-bin/message/mass/delete": 10,
    "/cgi-bin/message/mass/get": 10_000,
    "/cgi-bin/message/mass/speed/get": 1000,
    "/cgi-bin/message/mass/speed/set": 1000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/message/subscribe/bizsend": 100_000,
    "/cgi-bin/tags/create": 1000,
    "/cgi-bin/tags/get": 1000,
    "/cgi-bin/tags/update": 1000,
    "/cgi-bin/tags/delete": 1000,
    "/cgi-bin/tags/getidlist": 100_000,
    "/cgi-bin/tags/members/batchtagging": 100_000,
    "/cgi-bin/tags/members/batchuntagging": 100_000,
    "/cgi-bin/user/tag/get": 1000,
    "/datacube/getarticleread": 1000,
    "/datacube/getarticleshare": 1000,
    "/datacube/getbizsummary": 1000,
    "/datacube/getarticletotaldetail": 1000,
    "/datacube/getusersummary": 1000,
    "/datacube/getarticlesummary": 1000,
    "/datacube/getarticletotal": 1000,
}
# Calls a minute; elsewhere there are 5000.
MINUTELY = dict.fromkeys(
    (path for path in DAILY if path.startswith("/cgi-bin/message/mass/")),
    60,
)
OTHERWISE_MINUTELY = 5000
MINUTE_S = 60
CLEARS_PER_MONTH = 10


class Quota:
    """Counts by path for one day. The caller holds the world's lock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._day = ""
        self._used: dict[str, int] = {}
        self._clears: dict[str, int] = {}
        self._minutes: dict[str, deque[float]] = defaultdict(deque)

    def count(self, path: str) -> None:
        """Note one call. Raises ApiError 45011 above the minute's limit, 45009 above the day's."""
        self._turn_day()
        self._count_minute(path)
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
        return {
            "quota": quota,
            "rate_limit": {"call_count": MINUTELY.get(path, OTHERWISE_MINUTELY), "refresh_second": MINUTE_S},
        }

    def clear(self) -> None:
        """Start all counts anew. Raises ApiError 48006 after ten times in a month."""
        month = self._clock.beijing_month()
        if self._clears.get(month, 0) >= CLEARS_PER_MONTH:
            raise ApiError(48006)
        self._clears[month] = self._clears.get(month, 0) + 1
        self._used.clear()

    def _count_minute(self, path: str) -> None:
        if path not in MINUTELY:
            return
        now, calls = self._clock.now_s(), self._minutes[path]
        while calls and calls[0] <= now - MINUTE_S:
            calls.popleft()
        if len(calls) >= MINUTELY[path]:
            raise ApiError(45011)
        calls.append(now)

    def _turn_day(self) -> None:
        today = self._clock.beijing_day()
        if today != self._day:
            self._day = today
            self._used.clear()
