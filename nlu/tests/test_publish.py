"""Publishing and rolling back, against a small HTTP server that answers as the NLU server does."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import publish
import pytest
from evaluation.targets import TARGETS
from publishing.model_server import ModelServer, SwapRefused
from publishing.publications import MOST_LINES, LogUnreadable, Publication, archives_to_keep, read_log, write_log
from publishing.published import NoSuchModel, read_published, write_published
from running import free_port, running

A, B, C = (f"xinqiao-{letter}.tar.gz" for letter in "abc")
GOLD = "gold"
GOOD = {target.figure: target.least if target.least > 0 else target.most for target in TARGETS}
BETTER = {**GOOD, "accuracy": 0.95}


class FakeServer(ThreadingHTTPServer):
    """Answers with what it was told to serve; refuses archives in `refused` as the real one does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.serving = A
        self.refused: set[str] = set()
        self.hangs_up = False
        self.tokens: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: FakeServer

    def do_GET(self) -> None:
        self._answer(200, {"model_file": self.server.serving})

    def do_PUT(self) -> None:
        name = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["model_file"]
        self.server.tokens.append(self.path.partition("?")[2])
        if name in self.server.refused:
            self._answer(
                400, {"status": "failure", "reason": "broken_model", "message": "model not loaded", "code": 400}
            )
            return
        self.server.serving = name
        if self.server.hangs_up:
            self.close_connection = True
            return
        self._answer(204, None)

    def log_message(self, *_: Any) -> None:
        """Nothing to the terminal."""

    def _answer(self, status: int, body: Any) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    thread = threading.Thread(target=fake.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    fake.shutdown()
    thread.join()
    fake.server_close()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for age, name in enumerate((C, B, A)):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    return tmp_path


@pytest.fixture(autouse=True)
def _every_archive_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "load_model", lambda _: None)


def publisher(models: Path, server: FakeServer | str, **figures: Any) -> publish.Publisher:
    """Measures an archive by its letter; an exception among the figures is raised, as by an archive of other code."""

    def measure(archive: Path) -> dict[str, float]:
        found = figures[archive.name.removeprefix("xinqiao-")[0]]
        if isinstance(found, Exception):
            raise found
        return dict(found)

    url = server if isinstance(server, str) else server.url
    return publish.Publisher(models, ModelServer(url), measure, GOLD)


def test_a_model_that_meets_the_targets_is_published_and_served(models: Path, server: FakeServer) -> None:
    publisher(models, server, b=GOOD).publish(B)

    assert read_published(models) == B
    assert server.serving == B
    assert [(one.archive, one.figures) for one in read_log(models)] == [(B, GOOD)]


def test_a_worse_model_is_refused_and_nothing_changes(
    models: Path, server: FakeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_published(A, models)

    with pytest.raises(publish.NotPublished, match=r"accuracy falls from 0\.950 to 0\.900"):
        publisher(models, server, a=BETTER, b=GOOD).publish(B)

    assert read_published(models) == A
    assert server.serving == A
    assert read_log(models) == []
    assert "0.950      0.900   -0.050" in capsys.readouterr().out


def test_a_missed_target_refuses_even_when_nothing_is_published(models: Path, server: FakeServer) -> None:
    with pytest.raises(publish.NotPublished, match=r"fraud_victim recall is 0\.960, wanted ≥ 0\.970"):
        publisher(models, server, b={**GOOD, "fraud_victim_recall": 0.96}).publish(B)

    assert read_published(models) is None


def test_what_the_server_cannot_load_is_not_published(models: Path, server: FakeServer) -> None:
    server.refused.add(B)

    with pytest.raises(publish.NotPublished, match="answers 400: model not loaded"):
        publisher(models, server, b=GOOD).publish(B)

    assert read_published(models) is None
    assert read_log(models) == []


def test_without_a_server_the_model_is_published_for_the_next_start(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publisher(models, f"http://127.0.0.1:{free_port()}", b=GOOD).publish(B)

    assert read_published(models) == B
    assert "no NLU server answers" in capsys.readouterr().out


def test_an_answer_lost_after_the_swap_is_asked_for(models: Path, server: FakeServer) -> None:
    server.hangs_up = True

    publisher(models, server, b=GOOD).publish(B)

    assert read_published(models) == B


def test_a_server_that_goes_away_in_the_middle_leaves_all_as_it_was(server: FakeServer) -> None:
    gone = ModelServer(f"http://127.0.0.1:{free_port()}")

    with pytest.raises(SwapRefused, match="did not answer"):
        gone.serve(B)


def test_the_token_goes_to_a_server_that_wants_one(server: FakeServer) -> None:
    ModelServer(server.url, "secret").serve(B)
    ModelServer(server.url).serve(C)

    assert server.tokens == ["token=secret", ""]


def test_publishing_the_published_model_again_only_tells_the_server(models: Path, server: FakeServer) -> None:
    publisher(models, server, b=GOOD).publish(B)
    server.serving = A

    publisher(models, server).publish(B)

    assert server.serving == B
    assert len(read_log(models)) == 1


def test_a_published_model_of_other_code_is_compared_by_its_recorded_figures(models: Path, server: FakeServer) -> None:
    publisher(models, server, a=BETTER).publish(A)

    with pytest.raises(publish.NotPublished, match="accuracy falls"):
        publisher(models, server, a=ImportError("gone"), b=GOOD).publish(B)

    assert read_published(models) == A


def test_recorded_figures_of_other_gold_sets_do_not_count(
    models: Path, server: FakeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_published(A, models)
    write_log([Publication("2026-01-01T00:00:00+00:00", A, "older gold", BETTER)], models)

    publisher(models, server, a=ImportError("gone"), b=GOOD).publish(B)

    assert read_published(models) == B
    assert "not on record" in capsys.readouterr().out


def test_a_candidate_that_cannot_be_measured_is_refused(models: Path, server: FakeServer) -> None:
    with pytest.raises(publish.NotPublished, match="cannot be measured"):
        publisher(models, server, b=KeyError("metadata")).publish(B)


def test_rollback_returns_to_the_model_before_and_twice_goes_back_twice(models: Path, server: FakeServer) -> None:
    for name in (A, B, C):
        publisher(models, server, a=GOOD, b=GOOD, c=GOOD).publish(name)

    publisher(models, server).roll_back()
    assert (read_published(models), server.serving) == (B, B)

    publisher(models, server).roll_back()
    assert (read_published(models), server.serving) == (A, A)

    with pytest.raises(publish.NotPublished, match="no model published before"):
        publisher(models, server).roll_back()


def test_rollback_reaches_a_model_that_was_published_by_hand(models: Path, server: FakeServer) -> None:
    write_published(A, models)
    publisher(models, server, a=GOOD, b=GOOD).publish(B)

    publisher(models, server).roll_back()

    assert read_published(models) == A


def test_a_withdrawn_model_may_be_published_again(models: Path, server: FakeServer) -> None:
    every = publisher(models, server, a=GOOD, b=GOOD)
    every.publish(A)
    every.publish(B)
    every.roll_back()

    every.publish(B)
    every.roll_back()

    assert read_published(models) == A


def test_rollback_passes_over_an_archive_that_is_gone(models: Path, server: FakeServer) -> None:
    for name in (A, B, C):
        publisher(models, server, a=GOOD, b=GOOD, c=GOOD).publish(name)
    (models / B).unlink()

    publisher(models, server).roll_back()

    assert read_published(models) == A


def test_rollback_to_an_archive_of_other_code_changes_nothing(
    models: Path, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (A, B):
        publisher(models, server, a=GOOD, b=GOOD).publish(name)

    def fail(_: Path) -> None:
        raise ImportError

    monkeypatch.setattr(publish, "load_model", fail)

    with pytest.raises(publish.NotPublished, match="does not load with the present code"):
        publisher(models, server).roll_back()
    assert (read_published(models), server.serving) == (B, B)


def test_rollback_that_the_server_refuses_changes_nothing(models: Path, server: FakeServer) -> None:
    for name in (A, B):
        publisher(models, server, a=GOOD, b=GOOD).publish(name)
    server.refused.add(A)

    with pytest.raises(publish.NotPublished, match="does not take"):
        publisher(models, server).roll_back()

    assert read_published(models) == B
    assert not any(one.withdrawn for one in read_log(models))


def test_the_published_archive_and_the_one_before_it_are_kept(models: Path, server: FakeServer) -> None:
    assert archives_to_keep(models) == set()

    for name in (A, B, C):
        publisher(models, server, a=GOOD, b=GOOD, c=GOOD).publish(name)

    assert archives_to_keep(models) == {C, B}


def test_the_log_is_bounded_and_a_damaged_line_is_named(models: Path) -> None:
    write_log([Publication(str(number), A, GOLD) for number in range(MOST_LINES + 5)], models)

    assert [one.at for one in read_log(models)] == [str(number) for number in range(5, MOST_LINES + 5)]
    assert not list(models.glob(".published-log-*"))

    with (models / "published.log").open("a", encoding="utf-8") as file:
        file.write('{"at": 1}\n')
    with pytest.raises(LogUnreadable, match="line 21"):
        read_log(models)


def test_only_an_archive_of_the_models_folder_can_be_published(models: Path, server: FakeServer) -> None:
    with pytest.raises(NoSuchModel):
        publisher(models, server).publish("xinqiao-none.tar.gz")


def test_the_real_server_takes_the_published_model(archive: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for name in (A, B):
        (models / name).write_bytes(archive.read_bytes())

    with running(models / A, tmp_path) as real:
        publisher(models, f"http://127.0.0.1:{real.port}", b=GOOD).publish(B)
        assert real.ask("GET", "/status").body["model_file"] == B
        assert real.parse("你好").status == 200

        (models / C).write_bytes(b"not an archive")
        with pytest.raises(publish.NotPublished, match="does not take"):
            publisher(models, f"http://127.0.0.1:{real.port}", b=GOOD, c=GOOD).publish(C)
        assert real.ask("GET", "/status").body["model_file"] == B

    assert read_published(models) == B
