"""The client against the real NLU server, killed and started again."""

import socket
import threading
from contextlib import closing

import pytest

from bot.adapters.breaker import FAILURES, OPEN_S
from bot.adapters.rasa_client import RasaNlu
from bot.errors import NluUnavailable
from bot.messages import Understanding
from tests.factories import MORNING
from tests.nlu_server import server

pytestmark = pytest.mark.integration


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
