"""What a figure of campaigns is: its words and its formula over the counters of figures.py. Pure.

The figures themselves stand in dictionary.py.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.reports.metrics import Measure, Unit
from bot.results.model import EffectKind


class Phase(StrEnum):
    """Where a figure stands on the page."""

    REACH = "reach"
    READING = "reading"
    RESPONSE = "response"
    BUSINESS = "business"
    LOSS = "loss"


class By(StrEnum):
    """By what figures can be told apart."""

    ALL = "all"
    CAMPAIGN = "campaign"
    VARIANT = "variant"
    BRANCH = "branch"
    PRODUCT = "product"
    DAY = "day"


@dataclass(frozen=True)
class ResultMetric:
    """One figure. `behind` is the counter whose followers stand behind it, None where we cannot name them. `lift` is
    what is compared with the held-out group, None where the holdout cannot do it.
    """

    id: str
    name: str
    english: str
    stage: Phase
    unit: Unit
    formula: str
    notes: str
    measure: Measure
    by: frozenset[By]
    behind: str | None = None
    lift: EffectKind | None = None
