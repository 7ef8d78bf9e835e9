"""What the core bank holds: 5,000 made-up firms, the same on every start; dates count from the start.

A firm is made when it is first asked for (simulator/bank/seeding.py), so that a start, and every test, costs nothing.
The first three are the people of the product's acceptance stories (simulator/bank/stories.py). All figures are
samples (【示例】).
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from simulator.bank import seeding, stories
from simulator.clock import BEIJING, VirtualClock

SEEDED = 5_000
PAGE = 100
LAPSING_WITHIN = timedelta(days=90)
_FIRM_ID = re.compile(r"F(\d{5})")
# Each firm's number ends with the firm's own (seeding.py, stories.py).
_PHONE = re.compile(r"1990000(\d{4})")
Row = dict[str, Any]


@dataclass
class Firm:
    """One business customer, as rows of the core bank: amounts in fen, dates as 2026-04-30.

    `points` has a balance, batches (soonest first) and what they can be changed into. `loans` are what was paid out,
    `applications` newest first, `fees` newest first.
    """

    profile: Row
    accounts: list[Row]
    points: Row
    limits: list[Row]
    applications: list[Row]
    loans: list[Row]
    certificates: list[Row]
    operators: list[Row]
    fees: list[Row]

    def points_report(self, today: date) -> Row:
        """The points account; `expiring` are the batches that lapse within 90 days."""
        until = (today + LAPSING_WITHIN).isoformat()
        expiring = [batch for batch in self.points["batches"] if batch["expires_on"] <= until]
        return {**self.points, "expiring": expiring}


class Bank:
    """Firms by id, which follower is bound to which, and what he agreed to. The caller holds the world's lock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._started_on = self.today()
        self._made: dict[str, Firm] = {}
        self.bindings: dict[str, str] = {}
        self.consents: dict[str, dict[str, bool]] = {}

    def today(self) -> date:
        """The bank's calendar day."""
        return self._clock.now().astimezone(BEIJING).date()

    def find(self, firm_id: object) -> Firm | None:
        """The firm of this id, or None."""
        named = _FIRM_ID.fullmatch(firm_id) if isinstance(firm_id, str) else None
        number = int(named[1]) if named else 0
        if not 1 <= number <= SEEDED:
            return None
        assert isinstance(firm_id, str)
        if firm_id not in self._made:
            self._made[firm_id] = Firm(**_rows(number, self._started_on))
        return self._made[firm_id]

    def with_phone(self, phone: str) -> list[Firm]:
        """The firms whose contact has this number; none for an empty one."""
        named = _PHONE.fullmatch(phone)
        firm = self.find(f"F{int(named[1]):05d}") if named else None
        return [firm] if firm is not None else []

    def page(self, after: str) -> list[Firm]:
        """The next hundred firms behind this id, in order; from the first for an empty one."""
        first = int(after.removeprefix("F") or 0) + 1
        numbers = range(first, min(first + PAGE, SEEDED + 1))
        return [firm for number in numbers if (firm := self.find(f"F{number:05d}")) is not None]

    def bind(self, openid: str, firm_id: str) -> None:
        """Bind a follower to a firm that is there."""
        self.bindings[openid] = firm_id

    def unbind(self, openid: str) -> str | None:
        """End a follower's binding; the firm he was bound to, or None."""
        return self.bindings.pop(openid, None)

    def find_by_openid(self, openid: str) -> Firm | None:
        """The firm this follower is bound to."""
        return self.find(self.bindings.get(openid))


def _rows(number: int, today: date) -> dict[str, Any]:
    return stories.STORIES[number](today) if number in stories.STORIES else seeding.make(number, today)
