"""Whether a model may take the place of the published one, by figures alone; pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evaluation.targets import TARGETS, missed

Figures = Mapping[str, float]
# Less than this is noise: five texts of the test set.
TOLERATED_FALL = 0.003
MAY_FALL_A_LITTLE = ("accuracy", "macro_f1", "oos_recall")
# Who was robbed, and who wants a person, must never be understood worse than before.
MAY_NOT_FALL = ("fraud_victim_recall", "human_agent_recall")
# Shares of equal counts may differ in the last bit.
_ROUNDING = 1e-9


def reasons_against(candidate: Figures, published: Figures | None) -> list[str]:
    """Why the candidate is refused, one clause each; empty when it may be published.

    Without figures of a published model the targets alone decide.
    """
    against = [f"{one.words} is {_shown(candidate, one.figure)}, wanted {one.sign}" for one in missed(candidate)]
    if published is None:
        return against
    for names, tolerated in ((MAY_FALL_A_LITTLE, TOLERATED_FALL), (MAY_NOT_FALL, 0.0)):
        for name in names:
            # Written so that a figure that could not be counted (nan) counts as a fall.
            holds = candidate.get(name, float("nan")) >= published.get(name, 0.0) - tolerated - _ROUNDING
            if not holds:
                against.append(f"{name} falls from {_shown(published, name)} to {_shown(candidate, name)}")
    return against


def comparison(candidate: Figures, published: Figures | None) -> Iterator[str]:
    """A table of old and new, one line each, with the targets."""
    targets = {target.figure: target for target in TARGETS}
    yield f"{'figure':<24}{'published':>10}{'candidate':>11}{'change':>9}  target"
    for name in candidate:
        old = None if published is None else published.get(name)
        change = "" if old is None else f"{candidate[name] - old:+.3f}"
        sign = targets[name].sign if name in targets else ""
        yield f"{name:<24}{'-' if old is None else f'{old:.3f}':>10}{candidate[name]:>11.3f}{change:>9}  {sign}"


def _shown(figures: Figures, name: str) -> str:
    return f"{figures[name]:.3f}" if name in figures else "unknown"
