"""A whole product of one's own, beside whatever else runs on this machine: free ports, a folder that goes away.

Used by the end-to-end tests and the benchmarks.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.settings import ROOT
from deploy.local.environment import PORTS

START_WITHIN_S = 300
STOP_WITHIN_S = 60


@contextmanager
def own_product(keep_logs_in: Path) -> Iterator[dict[str, str]]:
    """Start a product, give its variables, stop it and keep its logs."""
    with tempfile.TemporaryDirectory(prefix="xq-") as var:
        own = {name: str(port) for name, port in zip(PORTS, free_ports(len(PORTS)), strict=True)}
        env = {**os.environ, **own, "XINQIAO_VAR": var, "APP_ENV": "test"}
        try:
            _run("deploy.local.run", "--detach", env=env, within_s=START_WITHIN_S)
            yield env
        finally:
            _run("deploy.local.stop", env=env, within_s=STOP_WITHIN_S)
            keep_logs_in.mkdir(parents=True, exist_ok=True)
            for log in (Path(var) / "log").glob("*.log"):
                (keep_logs_in / log.name).write_bytes(log.read_bytes())


def _run(module: str, *words: str, env: dict[str, str], within_s: float) -> None:
    subprocess.run([sys.executable, "-m", module, *words], cwd=ROOT, env=env, check=True, timeout=within_s)


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on right now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(found.getsockname()[1]) for found in sockets]
    for found in sockets:
        found.close()
    return ports
