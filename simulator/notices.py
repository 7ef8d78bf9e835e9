"""Templates of notices, what may stand in their fields, and who agreed to be told what."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from simulator.clock import VirtualClock
from simulator.errors import ApiError

CLIENT_ID_S = 600
MAX_CLIENT_ID_BYTES = 32
MAX_TEMPLATES = 25
_TYPED = re.compile(r"([a-z_]+)\d+")
# What a field's name says of its value: notify/subscribe of developers.weixin.qq.com.
_FITS = {
    "thing": re.compile(r".{1,20}", re.DOTALL),
    "number": re.compile(r"\d{1,32}"),
    "letter": re.compile(r"[A-Za-z]{1,32}"),
    "symbol": re.compile(r"\W{1,5}"),
    "character_string": re.compile(r"[!-~]{1,32}"),
    "time": re.compile(
        r"(\d{4}年\d{1,2}月\d{1,2}日 ?)?\d{1,2}:\d{2}(:\d{2})?|\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{2}-\d{2}.*"
    ),
    "date": re.compile(r"\d{4}年\d{1,2}月\d{1,2}日( \d{1,2}:\d{2})?|\d{4}-\d{2}-\d{2}"),
    "amount": re.compile(r"[¥￥$]?\d{1,10}(\.\d{1,2})?元?"),
    "phone_number": re.compile(r"[\d+\- ]{1,17}"),
    "car_number": re.compile(r".{1,8}"),
    "name": re.compile(r"[一-鿿]{1,10}|[A-Za-z ]{1,20}"),
    "phrase": re.compile(r"[一-鿿]{1,5}"),
    "const": re.compile(r".{1,20}"),
}
SERVICE = {
    "XqSvcLoanProgress000000000000000000000000001": ("thing1", "phrase2", "time3"),
    "XqSvcRepaymentDue000000000000000000000000002": ("thing1", "amount2", "date3"),
}
SUBSCRIBED = {"XqSubNewRates0000000000000000000000000000003": ("thing1", "date2", "thing3")}


class NoticeDesk:
    """Templates, consents and client ids of one account. The caller holds the world's lock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.service: dict[str, tuple[str, ...]] = dict(SERVICE)
        self.subscribed: dict[str, tuple[str, ...]] = dict(SUBSCRIBED)
        self._once: Counter[tuple[str, str]] = Counter()
        self._always: set[tuple[str, str]] = set()
        self._sent: dict[tuple[str, str], tuple[int, float]] = {}

    def add_template(self, template_id: str, fields: tuple[str, ...], *, is_subscribed: bool) -> None:
        """Put a template on the account's list. Raises ApiError 45026."""
        templates = self.subscribed if is_subscribed else self.service
        if template_id not in templates and len(templates) >= MAX_TEMPLATES:
            raise ApiError(45026)
        templates[template_id] = fields

    def agree(self, openid: str, template_id: str, *, for_good: bool) -> None:
        """He wants to be told: once more, or always."""
        if for_good:
            self._always.add((openid, template_id))
        else:
            self._once[openid, template_id] += 1

    def refuse(self, openid: str, template_id: str) -> None:
        """He does not want it any more."""
        self._always.discard((openid, template_id))
        self._once.pop((openid, template_id), None)

    def left(self, openid: str, template_id: str) -> int | None:
        """How many notices he still agreed to; None without end."""
        return None if (openid, template_id) in self._always else self._once[openid, template_id]

    def use(self, openid: str, template_id: str) -> None:
        """Use up one consent. Raises ApiError 43101."""
        if (openid, template_id) in self._always:
            return
        if not self._once[openid, template_id]:
            raise ApiError(43101)
        self._once[openid, template_id] -= 1

    def repeat_of(self, openid: str, client_id: object) -> int | None:
        """The notice this client id was used for in the last ten minutes."""
        if not isinstance(client_id, str) or not client_id:
            return None
        if len(client_id.encode()) > MAX_CLIENT_ID_BYTES:
            raise ApiError(40036, "client_msg_id")
        found = self._sent.get((openid, client_id))
        return found[0] if found and self._clock.now_s() - found[1] < CLIENT_ID_S else None

    def note(self, openid: str, client_id: object, msgid: int) -> None:
        """Remember what a client id was used for."""
        if isinstance(client_id, str) and client_id:
            self._sent[openid, client_id] = msgid, self._clock.now_s()


def checked_values(fields: tuple[str, ...], data: Any) -> dict[str, str]:
    """The values by field. Raises ApiError 47003 naming the first that is missing or does not fit its type."""
    if not isinstance(data, Mapping):
        raise ApiError(47003, "data invalid")
    values = {name: _value(data.get(name)) for name in fields}
    for name, value in values.items():
        typed = _TYPED.fullmatch(name)
        pattern = _FITS.get(typed[1]) if typed else None
        if not value or (pattern is not None and not pattern.fullmatch(value)):
            raise ApiError(47003, f"data.{name}.value invalid")
    return values


def _value(item: Any) -> str:
    value = item.get("value") if isinstance(item, Mapping) else None
    return value if isinstance(value, str) else ""
