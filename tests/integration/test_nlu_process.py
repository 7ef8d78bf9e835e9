"""The client against the real NLU server, killed and started again."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import pytest

from bot.adapters.breaker import FAILURES, OPEN_S
from bot.adapters.rasa_client import RasaNlu
from bot.errors import NluUnavailable
from bot.messages import Understanding
from config.settings import ROOT
from tests.factories import MORNING
from tests.product import eventually

PYTHON = ROOT / "nlu" / ".venv" / "bin" / "python"
READY_S = 30.0

pytestmark = pytest.mark.integration


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server with the model it would start with; killed at the end if it still lives."""
    command = [str(PYTHON), str(ROOT / "nlu" / "server.py"), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: is_ready(port), READY_S)
        yield process
    finally:
        process.kill()
        process.wait()


def is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def ask(nlu: RasaNlu, text: str) -> Understanding:
    return nlu.parse(text, today=MORNING.date(), timeout_s=1.5)


def test_the_breaker_opens_when_the_server_is_killed_and_closes_when_it_is_back(port: int) -> None:
    now = [0.0]
    nlu = RasaNlu(f"http://127.0.0.1:{port}", lambda: now[0])
    with server(port) as process:
        before = ask(nlu, "我想贷20万")
        process.kill()
        process.wait()
        for number in range(FAILURES):
            with pytest.raises(NluUnavailable):
                ask(nlu, f"贷{number}万")

    with closing(nlu), server(port):
        with pytest.raises(NluUnavailable):
            ask(nlu, "贷21万")
        now[0] += OPEN_S + 0.1
        after = ask(nlu, "贷22万")
        again = ask(nlu, "贷23万")

    assert before.model == after.model == again.model is not None
    assert before.entities[0].value == {"low_fen": 20_000_000, "high_fen": 20_000_000}


def test_turns_at_once_share_a_bounded_pool_of_connections(port: int) -> None:
    with server(port), closing(RasaNlu(f"http://127.0.0.1:{port}")) as nlu:
        found: dict[int, Understanding] = {}

        def turn(number: int) -> None:
            found[number] = ask(nlu, f"想贷{number}万")

        threads = [threading.Thread(target=turn, args=(number,)) for number in range(1, 65)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    low = {number: one.entities[0].value["low_fen"] for number, one in found.items()}
    assert low == {number: number * 1_000_000 for number in range(1, 65)}
