"""`make demo`: plays stories A1, A2 and A3 through the running product and prints what the phone, the rep and the
supervisor see, line by line; `python -m deploy.local.demo a03` plays one.

Starts the product when it is not running. The stories are acceptance scripts (deploy/local/scripts/); each moves the
simulated clock to ten o'clock of a working day.
"""

import sys
from collections.abc import Sequence
from functools import cache

import httpx

from config.settings import SettingsError
from deploy.local import local_http
from deploy.local.background import start_detached
from deploy.local.environment import Environment, load
from deploy.local.product import TIMEOUT_S, Console
from deploy.local.scripts import a01, a02, a03
from deploy.local.scripts.record import StepFailed
from deploy.local.scripts.stage import House, Script, perform
from deploy.local.scripts.transcript import as_plain

WIDTH = 62
STORIES = (a01.SCRIPT, a02.SCRIPT, a03.SCRIPT)


def main(wanted: list[str]) -> int:
    """Exit code: 0 when every story came to its end, 2 for a story it does not know."""
    stories = [one for one in STORIES if not wanted or one.id in wanted]
    if not stories or len(stories) < len(set(wanted)):
        print(f"stories: {' '.join(one.id for one in STORIES)}", file=sys.stderr)
        return 2
    try:
        environment = load()
    except SettingsError as error:
        print(f"xinqiao: {error}", file=sys.stderr)
        return 1
    if not local_http.answers(environment.settings.api_port, "/readyz") and start_detached(environment) != 0:
        return 1
    try:
        _play(environment, stories)
    except StepFailed as error:
        print(f"\nThe story stopped: {error}", file=sys.stderr)
        return 1
    return 0


def _play(environment: Environment, stories: Sequence[Script]) -> None:
    settings = environment.settings
    with httpx.Client(base_url=f"http://127.0.0.1:{settings.sim_port}", timeout=TIMEOUT_S) as simulator:
        house = House(simulator, cache(lambda username: Console(f"http://127.0.0.1:{settings.api_port}", username)))
        for story in stories:
            print(f"\n{'─' * WIDTH}\n{story.title}\n{story.premise}\n{'─' * WIDTH}")
            perform(story, house, lambda moment: print(as_plain(moment), flush=True))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
