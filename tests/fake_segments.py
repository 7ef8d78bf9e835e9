"""Segments as campaigns ask for them, in memory: each is a condition on followers under an id."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from bot.customers.model import Follower
from bot.errors import NotFound

EVERYBODY, NOBODY = 1, 2


@dataclass(frozen=True)
class Leaf:
    """One condition of a segment's rule, as it stands for a follower."""

    words: str
    holds: bool
    value: str | None
    source: str
    as_of: datetime | None = None


@dataclass
class FakeSegments:
    """Segments by id: the words of the rule and the condition; a test adds its own, or changes the words."""

    rules: dict[int, tuple[str, Callable[[], ColumnElement[bool]]]] = field(
        default_factory=lambda: {EVERYBODY: ("所有粉丝", lambda: Follower.id > 0), NOBODY: ("没有人", lambda: ~true())}
    )

    def add(self, segment_id: int, words: str, holds: Callable[[], ColumnElement[bool]]) -> int:
        self.rules[segment_id] = (words, holds)
        return segment_id

    def who(self, _session: Session, segment_id: int, _now: datetime) -> ColumnElement[bool]:
        return self._rule(segment_id)[1]()

    def because(self, session: Session, segment_id: int, follower_id: int, now: datetime) -> list[Leaf]:
        held = select(Follower.id).where(Follower.id == follower_id, self.who(session, segment_id, now))
        return [Leaf(self._rule(segment_id)[0], session.scalar(held) is not None, None, "测试")]

    def fingerprint(self, _session: Session, segment_id: int) -> tuple[str, str]:
        words, _ = self._rule(segment_id)
        return words, f"hash of {words}"

    def _rule(self, segment_id: int) -> tuple[str, Callable[[], ColumnElement[bool]]]:
        if segment_id not in self.rules:
            raise NotFound(segment_id=segment_id)
        return self.rules[segment_id]
