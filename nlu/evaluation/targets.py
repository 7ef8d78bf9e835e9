"""What a model must reach before it is released, in one table. Asked by evaluate.py, publish.py and the tests."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """Bounds of one figure; both are met by being equal."""

    figure: str
    words: str
    least: float = -math.inf
    most: float = math.inf

    def is_met(self, value: float) -> bool:
        """Whether the value keeps the bounds; a figure that could not be counted (nan) does not."""
        return self.least <= value <= self.most

    @property
    def sign(self) -> str:
        """The bound as it is printed."""
        return f"≥ {self.least:.3f}" if self.most == math.inf else f"≤ {self.most:.3f}"


TARGETS = (
    Target("accuracy", "accuracy", least=0.90),
    Target("macro_f1", "macro F1", least=0.89),
    Target("recall_at_3", "intent among the first three", least=0.97),
    Target("oos_recall", "out of scope caught", least=0.85),
    Target("oos_recall_near", "out of scope caught, near domain", least=0.75),
    Target("wrong_after_fallback", "wrong answers after fallback", most=0.06),
    Target("fraud_victim_recall", "fraud_victim recall", least=0.97),
    Target("human_agent_recall", "human_agent recall", least=0.97),
    Target("typo_gap", "typo slice below the whole", most=0.08),
    Target("ece", "calibration error (ECE)", most=0.05),
    Target("f1_amount", "F1 of amount", least=0.95),
    Target("f1_product", "F1 of product", least=0.95),
)


def missed(figures: Mapping[str, float]) -> list[Target]:
    """The targets that these figures miss; a figure that is not there misses its target."""
    return [target for target in TARGETS if not target.is_met(figures.get(target.figure, float("nan")))]
