"""`make demo`: plays story A1 through the running product and prints what the phone and the rep see, line by line.

Starts the product when it is not running. The story is an acceptance script (deploy/local/scripts/); it moves the
simulated clock to ten o'clock of a working day.
"""

import sys
from functools import cache

import httpx

from config.settings import SettingsError
from deploy.local import local_http
from deploy.local.background import start_detached
from deploy.local.environment import Environment, load
from deploy.local.product import TIMEOUT_S, Console
from deploy.local.scripts import a01
from deploy.local.scripts.record import StepFailed
from deploy.local.scripts.stage import House, perform
from deploy.local.scripts.transcript import as_plain

WIDTH = 62


def main() -> int:
    """Exit code: 0 when the story came to its end."""
    try:
        environment = load()
    except SettingsError as error:
        print(f"xinqiao: {error}", file=sys.stderr)
        return 1
    if not local_http.answers(environment.settings.api_port, "/readyz") and start_detached(environment) != 0:
        return 1
    try:
        _play(environment)
    except StepFailed as error:
        print(f"\nThe story stopped: {error}", file=sys.stderr)
        return 1
    return 0


def _play(environment: Environment) -> None:
    script, settings = a01.SCRIPT, environment.settings
    print(f"\n{'─' * WIDTH}\n{script.title}\n{script.premise}\n{'─' * WIDTH}")
    with httpx.Client(base_url=f"http://127.0.0.1:{settings.sim_port}", timeout=TIMEOUT_S) as simulator:
        house = House(simulator, cache(lambda username: Console(f"http://127.0.0.1:{settings.api_port}", username)))
        perform(script, house, lambda moment: print(as_plain(moment), flush=True))


if __name__ == "__main__":
    sys.exit(main())
