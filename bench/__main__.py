"""`make bench`: all benchmarks against a product of their own; results in bench/results/ and as a table.

Loads go to loopback, are bounded in count and end by themselves. On shared machines compare ratios of one run,
not runs.
"""

import json
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bench import accept, answers, desk_lists, memory, nlu
from config.settings import ROOT
from deploy.local.beside import own_product

RESULTS = ROOT / "bench" / "results"


@dataclass(frozen=True)
class Row:
    """One figure and what it must not exceed or fall below."""

    name: str
    value: float
    unit: str
    bound: str


def main() -> int:
    """Exit code: 0 when every figure is within its bound."""
    with own_product(ROOT / "var" / "log" / "bench") as env:
        rows = [Row(*figure) for figure in (*answers.run(env), *accept.run(env), *memory.run(env))]
    # A desk with years behind it would weigh on the others.
    with own_product(ROOT / "var" / "log" / "bench") as env:
        rows += [Row(*figure) for figure in desk_lists.run(env)]
    rows += [Row(*figure) for figure in nlu.run()]
    RESULTS.mkdir(parents=True, exist_ok=True)
    found = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "figures": [asdict(row) for row in rows]}
    (RESULTS / "latest.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        print(f"{row.name:<58} {row.value:>9.1f} {row.unit:<5} {row.bound}")
    return 0 if all(_holds(row) for row in rows) else 1


def _holds(row: Row) -> bool:
    """`< 300` and `>= 25` are bounds; an empty one is only told."""
    if not row.bound:
        return True
    sign, limit = row.bound.split()
    return row.value < float(limit) if sign == "<" else row.value >= float(limit)


if __name__ == "__main__":
    sys.exit(main())
