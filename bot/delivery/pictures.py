"""Pictures of ours at the platform: uploaded when first wanted, remembered while the platform keeps them. Used by
bot/delivery/service.py; one per process.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePath

from bot.clock import Clock
from bot.ports import WeChat

# The platform keeps a temporary picture for three days.
KEPT = timedelta(days=2)


class Pictures:
    """Media ids by the picture's name. Safe between threads: at worst a picture is uploaded twice."""

    def __init__(self, wechat: WeChat, read: Callable[[str], bytes], clock: Clock) -> None:
        self._wechat, self._read, self._clock = wechat, read, clock
        self._uploaded: dict[str, tuple[str, datetime]] = {}

    def media_id(self, name: str) -> str:
        """The platform's id of a picture. Raises OSError for one that is not there, and as upload_image."""
        now = self._clock.now()
        found = self._uploaded.get(name)
        if found is not None and found[1] <= now < found[1] + KEPT:
            return found[0]
        # Files of ours are PNG and named without it; a picture of a chat is sent once and not remembered.
        is_file = not PurePath(name).suffix
        media_id = self._wechat.upload_image(f"{name}.png" if is_file else name, self._read(name))
        if is_file:
            self._uploaded[name] = (media_id, now)
        return media_id

    def forget(self, name: str) -> None:
        """The platform does not know it any more."""
        self._uploaded.pop(name, None)
