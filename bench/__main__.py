"""`make bench`: all benchmarks against products of their own; results in bench/results/ and as a table.

`python -m bench desk_load nlu` runs those two alone; the figures of each benchmark take the place of its last ones.
Loads go to loopback, are bounded in count and end by themselves. On shared machines compare ratios of one run.
"""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bench import (
    accept,
    answers,
    campaign_plan,
    campaign_results,
    campaign_send,
    desk_lists,
    desk_load,
    desk_races,
    list_import,
    memory,
    nlu,
    segment_count,
)
from config.settings import ROOT
from deploy.local.beside import own_product

RESULTS = ROOT / "bench" / "results" / "latest.json"


@dataclass(frozen=True)
class Row:
    """One figure and what it must not exceed or fall below."""

    name: str
    value: float
    unit: str
    bound: str


Figures = Iterable[tuple[str, float, str, str]]


def _front() -> Figures:
    with own_product(ROOT / "var" / "log" / "bench") as env:
        return [*answers.run(env), *accept.run(env), *memory.run(env)]


def _desk_lists() -> Figures:
    # A desk with years behind it would weigh on the others.
    with own_product(ROOT / "var" / "log" / "bench") as env:
        return desk_lists.run(env)


BENCHES: dict[str, Callable[[], Figures]] = {
    "front": _front,
    "desk_lists": _desk_lists,
    "desk_load": desk_load.run,
    "desk_races": desk_races.run,
    "campaign_results": campaign_results.run,
    "list_import": list_import.run,
    "segment_count": segment_count.run,
    "campaign_plan": campaign_plan.run,
    "campaign_send": campaign_send.run,
    "nlu": nlu.run,
}


def main(names: list[str]) -> int:
    """Exit code: 0 when every figure is within its bound, 2 for a name that is none."""
    if unknown := set(names) - BENCHES.keys():
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    is_held = True
    for name, bench in BENCHES.items():
        if names and name not in names:
            continue
        rows = [Row(*figure) for figure in bench()]
        for row in rows:
            print(f"{row.name:<66} {row.value:>9.1f} {row.unit:<5} {row.bound}", flush=True)
        _keep(name, rows)
        is_held &= all(_holds(row) for row in rows)
    return 0 if is_held else 1


def _keep(name: str, rows: list[Row]) -> None:
    """Write a benchmark's figures in the place of its last ones, with the hour they are of."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    at = datetime.now(UTC).isoformat(timespec="seconds")
    kept[name] = {"at": at, "figures": [asdict(row) for row in rows]}
    in_order = {one: kept[one] for one in BENCHES if one in kept}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(in_order, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _holds(row: Row) -> bool:
    """`< 300` and `>= 25` are bounds; an empty one is only told."""
    if not row.bound:
        return True
    sign, limit = row.bound.split()
    return row.value < float(limit) if sign == "<" else row.value >= float(limit)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
