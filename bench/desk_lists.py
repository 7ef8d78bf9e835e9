"""How fast the desk's lists answer, and the inbox stands on a screen, with 20,000 conversations and 400,000 lines
(bench/desk_seed.py).

Over HTTP, one request at a time, from a product of its own; DATABASE_URL in the environment measures another database
than the embedded one: `python -m bench.desk_lists` prints the table alone.
"""

import statistics
import sys
import time
from collections.abc import Mapping

import httpx

from bench import desk_seed, inbox_paint
from bot.clock import SystemClock
from bot.db import Database
from bot.fields import install_keys
from config.settings import ROOT
from deploy.local.beside import own_product
from deploy.local.environment import load
from deploy.local.product import Console

ROUNDS = 100
# What the timers make of a desk that was not there a moment ago is over by then.
SETTLES_S = 30
PERCENTILE = 95
BOUND = "< 50"
LISTS = {
    "queue": "scope=queue",
    "open chats": "state=active",
    "closed chats": "state=closed",
    "all": "",
    "mine": "scope=mine",
    "unread": "unread=true",
    "one desk": "skill=loan",
    "one outcome": "outcome=applied",
    "window": "sort=window",
    "search": "q=陶记",
    "rows by number": "ids=1,2,3,19999",
}


def run(env: Mapping[str, str]) -> list[tuple[str, float, str, str]]:
    """95th percentile of each list for a supervisor, who reads most, and of a rep's first page, in milliseconds."""
    settings = load(env).settings
    install_keys(settings.field_keys)
    database = Database(settings.database_url)
    desk_seed.fill(database, SystemClock().now())
    database.close()
    time.sleep(SETTLES_S)
    api = f"http://127.0.0.1:{settings.api_port}"
    boss, rep = Console(api, "supervisor01"), Console(api, "rep01")
    asked = {f"list of {name}, supervisor": (boss.client, query) for name, query in LISTS.items()}
    asked |= {"list of mine, rep": (rep.client, "scope=mine"), "list of all, rep": (rep.client, "")}
    took: dict[str, list[float]] = {name: [] for name in asked}
    # In turns, so that what else the machine does for a moment falls on all of them alike.
    for _ in range(ROUNDS):
        for name, (client, query) in asked.items():
            took[name].append(_ask_ms(client, query))
    lists = [(f"{name} (p95)", _p95(each), "ms", BOUND) for name, each in took.items()]
    return [*lists, *inbox_paint.run(api)]


def main() -> int:
    """Print the table."""
    with own_product(ROOT / "var" / "log" / "bench") as env:
        for name, value, unit, bound in run(env):
            print(f"{name:<50} {value:>8.1f} {unit} {bound}")
    return 0


def _p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[PERCENTILE - 1]


def _ask_ms(client: httpx.Client, query: str) -> float:
    begun = time.perf_counter()
    client.get(f"/api/handoffs?{query}").raise_for_status()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    sys.exit(main())
