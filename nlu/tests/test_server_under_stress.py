"""What the server does when it has too much to do, when a message is bad, when the model dies, when it is replaced."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from running import Answer, Server, running, staged, until
from serving.batching import MAX_WAITING
from stage_component import DIES, RAISES, WAITS, loading_of

PATIENT_MS = 20_000


@pytest.fixture(scope="module")
def models(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    for name in ("a", "b"):
        staged(archive, folder / f"xinqiao-{name}.tar.gz", f"model-{name}")
    staged(archive, folder / "xinqiao-slow.tar.gz", "model-slow", waits_to_load=True)
    (folder / "xinqiao-broken.tar.gz").write_bytes((folder / "xinqiao-a.tar.gz").read_bytes()[:-5000])
    return folder


@pytest.fixture(scope="module")
def server(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(models / "xinqiao-a.tar.gz", tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture(autouse=True)
def closed_gate(server: Server) -> None:
    server.gate.unlink(missing_ok=True)
    loading_of(server.gate).unlink(missing_ok=True)


@contextmanager
def busy(server: Server, clients: ThreadPoolExecutor) -> Iterator[None]:
    """The model held in one batch until the block ends."""
    batches = server.figure("nlu_batch_size_count")
    held = clients.submit(server.parse, WAITS, PATIENT_MS)
    until(lambda: server.figure("nlu_batch_size_count") == batches + 1)
    try:
        yield
    finally:
        server.gate.touch()
        assert held.result().status == 200


def put(server: Server, name: str) -> Answer:
    return server.ask("PUT", "/model", {"model_file": name})


def current(server: Server) -> str:
    return str(server.ask("GET", "/status").body["model_id"])


def test_a_full_queue_turns_messages_away_at_once_and_answers_those_it_took(server: Server) -> None:
    with ThreadPoolExecutor(MAX_WAITING + 2) as clients:
        with busy(server, clients):
            taken = [clients.submit(server.parse, f"贷{n}万", PATIENT_MS) for n in range(MAX_WAITING)]
            until(lambda: server.figure("nlu_queue_depth") == MAX_WAITING)
            refused = server.parse("你好")
        statuses = {one.result().status for one in taken}

    assert (refused.status, refused.body["reason"], refused.headers["Retry-After"]) == (503, "busy", "1")
    assert statuses == {200}


def test_a_message_whose_time_ran_out_while_it_waited_never_reaches_the_model(server: Server) -> None:
    seen = server.figure("nlu_batch_size_sum")

    with ThreadPoolExecutor(2) as clients:
        with busy(server, clients):
            late = clients.submit(server.parse, "你好", 50)
            until(lambda: server.figure("nlu_queue_depth") == 1)
            over = time.monotonic() + 0.06
            until(lambda: time.monotonic() > over)
        answer = late.result()

    assert (answer.status, answer.body["reason"], answer.headers["Retry-After"]) == (503, "deadline", "1")
    assert server.figure("nlu_batch_size_sum") == seen + 1


def test_what_arrives_while_the_model_is_busy_becomes_one_batch_and_a_bad_message_harms_no_neighbour(
    server: Server,
) -> None:
    with ThreadPoolExecutor(4) as clients:
        with busy(server, clients):
            batches = server.figure("nlu_batch_size_count")
            sent = [clients.submit(server.parse, text, PATIENT_MS) for text in ("贷5万", RAISES, "贷6万")]
            until(lambda: server.figure("nlu_queue_depth") == len(sent))
        good, bad, other = (one.result() for one in sent)

    assert server.figure("nlu_batch_size_count") == batches + 1
    assert [one.body["entities"][0]["value"]["low_fen"] for one in (good, other)] == [5_000_000, 6_000_000]
    assert (bad.status, bad.body["reason"]) == (500, "internal_error")
    assert "parse_failed kind=ValueError" in server.log.read_text(encoding="utf-8")
    assert RAISES not in server.log.read_text(encoding="utf-8")


def test_a_model_that_dies_is_started_again(server: Server) -> None:
    answer = server.parse(DIES, PATIENT_MS)
    until(lambda: server.ask("GET", "/readyz").status == 200)

    assert (answer.status, answer.body["reason"]) == (503, "not_ready")
    assert server.parse("你好").status == 200


@pytest.mark.parametrize("name", ["xinqiao-none.tar.gz", "../models/../../etc/passwd", "/etc/passwd", "\0", "n" * 5000])
def test_only_archives_of_the_models_folder_are_loaded(server: Server, name: str) -> None:
    answer = put(server, name)

    assert (answer.status, answer.body["reason"]) == (400, "unknown_model")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"model_file": 1}', b'{"model_file": ""}'])
def test_a_swap_without_a_file_name_is_refused(server: Server, body: bytes) -> None:
    answer = server.ask("PUT", "/model", body)

    assert (answer.status, answer.body["reason"]) == (400, "bad_request")


def test_a_link_out_of_the_models_folder_is_not_followed(server: Server, archive: Path) -> None:
    link = server.models / "xinqiao-link.tar.gz"
    link.symlink_to(archive)

    assert put(server, link.name).body["reason"] == "unknown_model"


def test_a_broken_archive_is_refused_and_the_present_model_stays(server: Server) -> None:
    before = current(server)

    answer = put(server, "xinqiao-broken.tar.gz")

    assert (answer.status, answer.body["reason"]) == (400, "broken_model")
    assert server.parse("你好").body["model_id"] == current(server) == before


def test_of_two_swaps_at_once_one_is_refused(server: Server) -> None:
    with ThreadPoolExecutor(1) as callers:
        first = callers.submit(put, server, "xinqiao-slow.tar.gz")
        until(loading_of(server.gate).exists)
        second = put(server, "xinqiao-a.tar.gz")
        server.gate.touch()

    assert (first.result().status, second.status) == (204, 409)
    assert current(server) == "model-slow"


def test_a_model_is_replaced_under_load_without_one_failed_request(server: Server) -> None:
    before = current(server)
    after, name = ("model-b", "xinqiao-b.tar.gz") if before == "model-a" else ("model-a", "xinqiao-a.tar.gz")
    swaps = server.figure('nlu_swaps_total{outcome="ok"}')
    over = Event()

    def client(number: int) -> list[Answer]:
        answers = []
        while not over.is_set():
            answers.append(server.parse(f"想贷{number}万"))
        return answers

    with ThreadPoolExecutor(3) as clients:
        asked = [clients.submit(client, number) for number in range(1, 4)]
        try:
            swapped = put(server, name)
            counted = server.figure("nlu_batch_size_sum")
            until(lambda: server.figure("nlu_batch_size_sum") > counted + 20)
        finally:
            over.set()
        answers = [answer for one in asked for answer in one.result()]

    assert swapped.status == 204
    assert {one.status for one in answers} == {200}
    assert {one.body["model_id"] for one in answers} == {before, after}
    assert all(one.headers["X-Model-Id"] == one.body["model_id"] for one in answers)
    assert server.figure('nlu_swaps_total{outcome="ok"}') == swaps + 1


def test_a_batch_keeps_the_model_it_began_with_and_the_old_process_ends_after_it(server: Server) -> None:
    put(server, "xinqiao-a.tar.gz")
    old = children(server)
    batches = server.figure("nlu_batch_size_count")

    # The new model is nearly loaded when the batch begins, so that no slow machine holds the batch for long.
    with ThreadPoolExecutor(2) as clients:
        swap = clients.submit(put, server, "xinqiao-slow.tar.gz")
        until(loading_of(server.gate).exists)
        held = clients.submit(server.parse, WAITS, PATIENT_MS)
        until(lambda: server.figure("nlu_batch_size_count") == batches + 1)
        server.gate.touch()

    assert swap.result().status == 204
    assert held.result().body["model_id"] == "model-a"
    assert server.parse("你好").body["model_id"] == "model-slow"
    until(lambda: not old & children(server))


def children(server: Server) -> set[int]:
    """Process ids of the models that the server holds."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    pairs = [[int(number) for number in line.split()] for line in listed]
    return {pid for pid, parent in pairs if parent == server.process.pid}
