"""How long data are kept, as data: the classes of config/retention.yml and what they mean for a row. Pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Action(StrEnum):
    """What happens to a row past its time in use. `seal`: it stays where neither desk nor marketing can read it."""

    DELETE = "delete"
    BLANK = "blank"
    SEAL = "seal"


class Presence(StrEnum):
    """Whether a column has a value."""

    SET = "set"
    UNSET = "unset"


# A column, or "table.column" of the row it belongs to → one of these values, or whether it has any.
Condition = Mapping[str, Presence | tuple[str | bool, ...]]


@dataclass(frozen=True)
class RetentionClass:
    """One class of data. `at` is the column the time is counted from, `where` tells which rows are of the class, `once`
    when the time runs at all. It is counted from `not_before` where that is later, and stands still while that is
    unset. `by_machine`: its instants are the machine's own, which the moved clock of a demo must not make old.
    """

    id: str
    label: str
    table: str
    at: str
    keep_min_days: int
    keep_max_days: int
    action: Action
    basis: str
    where: Condition = field(default_factory=dict)
    once: Condition = field(default_factory=dict)
    not_before: str | None = None
    by_machine: bool = False

    def past_use(self, now: datetime) -> datetime:
        """Rows of before this instant are past their time in use."""
        return now - timedelta(days=self.keep_max_days)

    def statutory_until(self, at: datetime) -> datetime:
        """Until when a row of this instant has to be kept, whatever the customer asks for."""
        return at + timedelta(days=self.keep_min_days)


@dataclass(frozen=True)
class Retention:
    """The whole table, in the order of the purge."""

    classes: tuple[RetentionClass, ...]

    def of_table(self, table: str) -> tuple[RetentionClass, ...]:
        """The classes of one table."""
        return tuple(one for one in self.classes if one.table == table)
