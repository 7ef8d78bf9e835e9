"""The real NLU server, started and ended by a test, with the model it would start with."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from config.settings import ROOT
from tests.product import eventually

PYTHON = ROOT / "nlu" / ".venv" / "bin" / "python"
# A whole test run beside it makes loading slow.
READY_S = 120.0


@contextmanager
def server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server once its model can parse; killed at the end if it still lives."""
    command = [str(PYTHON), str(ROOT / "nlu" / "server.py"), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert eventually(lambda: _is_ready(port), READY_S), "the NLU server did not get ready"
        yield process
    finally:
        process.kill()
        process.wait()


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
