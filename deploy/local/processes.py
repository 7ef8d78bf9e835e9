"""The one table of the product's processes: run.py starts it, compose.yaml is compared with it by a unit test.

A command is written as a container would run it. `{HOST}`, `{VAR}` and the port variables are filled in when it starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

# The truth is the database, but presence, offers and the Celery broker must survive a kill without a gap.
REDIS_RULES = ("--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction")

# No control socket (web and api would share one file). A thread per request: in each of web's two workers 24 callbacks
# in flight; in api, which grows by replicas, 256 open desks on the event stream (api/event_feed.py) and 64 calls beside
# them; an idle thread costs next to nothing. The timeout is the worker's heartbeat, not a request's length, so streams
# outlive it; graceful-timeout is how long a stop waits for open streams.
_GUNICORN = "--worker-class gthread --no-control-socket --timeout 60"
_WEB = (
    "gunicorn webhooks.app:create_app() --config python:webhooks.workers --bind {HOST}:{WEB_PORT}"
    f" --threads 24 --workers 2 {_GUNICORN} --graceful-timeout 5"
)
_API = (
    "gunicorn api.app:create_app() --bind {HOST}:{API_PORT}"
    f" --threads 320 --workers 1 {_GUNICORN} --graceful-timeout 2"
)
# Threads, not processes: ticks are short and wait for the database. Workers need not talk to each other.
_WORKER = (
    "celery -A jobs.app worker --pool threads --concurrency 4 --loglevel INFO"
    " --without-gossip --without-mingle --without-heartbeat"
)
_BEAT = "celery -A jobs.app beat --schedule {VAR}/beat-schedule --loglevel WARNING"


class Image(StrEnum):
    """The Dockerfile target a process runs in; locally, the environment it runs in."""

    APP = "app"
    NLU = "nlu"
    SIMULATOR = "simulator"


@dataclass(frozen=True)
class Process:
    """One process of the product.

    `port_variable` names the variable that moves it; `ready_path` answers 200 when it can do its work. `group` is the
    order of starting (0 first); stopping goes backwards.
    """

    name: str
    image: Image
    command: str
    group: int
    port_variable: str | None = None
    ready_path: str | None = None

    def argv(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The command with `{NAME}` filled in from `values`. Raises KeyError for a name that is missing."""
        return tuple(part.format_map(values) for part in self.command.split())


PROCESSES = (
    Process("nlu", Image.NLU, "python nlu/server.py --host {HOST} --port {NLU_PORT}", 0, "NLU_PORT", "/status"),
    Process("simulator", Image.SIMULATOR, "python -m simulator", 0, "SIM_PORT", "/phone"),
    Process("web", Image.APP, _WEB, 1, "WEB_PORT", "/readyz"),
    Process("api", Image.APP, _API, 1, "API_PORT", "/readyz"),
    Process("worker", Image.APP, _WORKER, 1),
    Process("beat", Image.APP, _BEAT, 2),
)

# Programs that run to their end: the first two before the processes above need the database, the last when all answer.
BEFORE = (
    Process("migrate", Image.APP, "alembic upgrade head", 0),
    Process("demo-data", Image.SIMULATOR, "python -m deploy.local.demo_data", 0),
)
MENU = Process("menu", Image.APP, "python -m deploy.menu", 0)


def local_argv(process: Process, values: Mapping[str, str], root: Path) -> tuple[str, ...]:
    """The command as run on one machine: the same words, started by the interpreter of its environment."""
    program, *rest = process.argv(values)
    home = root / "nlu" if process.image is Image.NLU else root
    python = str(home / ".venv" / "bin" / "python")
    return (python, *rest) if program == "python" else (python, "-m", program, *rest)


def redis_argv(executable: str, var: Path) -> tuple[str, ...]:
    """The embedded Redis: reached only through a socket in `var`, its files beside it."""
    place = ("--loglevel", "warning", "--port", "0", "--unixsocket", str(var / "redis.sock"), "--unixsocketperm", "700")
    return (executable, *place, "--dir", str(var / "redis"), "--save", "", *REDIS_RULES)
