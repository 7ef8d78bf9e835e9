"""Acts that race: each in a thread of its own, none before all are ready."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from bot.errors import BotError

LIMIT_S = 10.0


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each returned, in the order of the acts. Raises what one of them raised."""
    start = threading.Barrier(len(acts), timeout=LIMIT_S)

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def verdicts(*acts: Callable[[], Any]) -> list[str]:
    """Of acts at once, in their order: "done", or the code of the error that refused it."""
    return at_once(*[partial(_verdict, act) for act in acts])


def _verdict(act: Callable[[], Any]) -> str:
    try:
        act()
    except BotError as error:
        return error.code
    return "done"
