"""Random walks through the whole product with the real model: five customers at once, reps, outages, restarts.

A failure prints its seed, what went wrong, and the shortest walk found that still goes wrong.
"""

import functools
import multiprocessing
import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from bot import bootstrap
from bot.adapters.rasa_client import RasaNlu
from bot.fields import install_keys
from bot.messages import Understanding
from config.content import load_content
from config.settings import ROOT, Settings
from tests.nlu_server import server
from tests.walks.walking import FOLLOWERS, shortest, told, walk
from tests.walks.world import SwitchedNlu, World, texts_of

WALKS = 20
TURNS = 1_000
FIRST_SEED = 4_000
# Two walks at a time: one process decides turns, the other waits for its database.
PROCESSES = 2
READY_S = 120.0
DEV_TEXTS = ROOT / "nlu" / "tests" / "dev.yml"
# Each text is asked of the model once in each process; more of them would find little more.
EVERY_NTH_TEXT = 3

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def nlu_port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with server(port):
        yield port


def test_twenty_thousand_turns_go_wrong_nowhere(nlu_port: int, redis_url: str) -> None:
    seeds = [range(FIRST_SEED + first, FIRST_SEED + WALKS, PROCESSES) for first in range(PROCESSES)]
    urls = [f"{redis_url}?db={number}" for number in range(PROCESSES)]

    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        walked = list(pool.map(_walk_all, seeds, urls, [nlu_port] * PROCESSES))

    failures = [failure for _, failed in walked for failure in failed]
    assert not failures, "\n\n".join(failures)
    assert sum(turns for turns, _ in walked) >= WALKS * TURNS


def _walk_all(seeds: range, redis_url: str, nlu_port: int) -> tuple[int, list[str]]:
    """Turns walked, and the first failure if there is one; in a process of its own."""
    settings = Settings.from_env({"APP_ENV": "test"})
    install_keys(settings.field_keys)
    # The files do not change between two starts of the product.
    vars(bootstrap)["load_content"] = functools.cache(load_content)
    texts = texts_of(yaml.safe_load(DEV_TEXTS.read_text(encoding="utf-8"))["nlu"])[::EVERY_NTH_TEXT]
    known: dict[str, Understanding] = {}
    turns = 0
    with (
        closing(RasaNlu(f"http://127.0.0.1:{nlu_port}")) as real,
        tempfile.TemporaryDirectory(prefix="xq-walks-") as home,
    ):

        def make(folder: Path) -> World:
            return World(settings, folder, redis_url, SwitchedNlu(real, known), FOLLOWERS)

        def new_folder() -> Path:
            return Path(tempfile.mkdtemp(dir=home))

        for seed in seeds:
            walked = walk(make, new_folder(), seed, TURNS, texts)
            turns += walked.turns
            if walked.faults:
                return turns, [told(seed, shortest(make, new_folder, walked))]
    return turns, []
