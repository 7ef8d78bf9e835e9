"""The HTTP contract of the server: a real process, a real model."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from running import Server, running, until
from serving.wire import MAX_TEXT_CHARS

HUGE = 64 * 1024 + 1


@pytest.fixture(scope="module")
def server(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(archive, tmp_path_factory.mktemp("server")) as found:
        yield found


def test_parse_answers_in_rasas_shape_and_names_the_model(server: Server) -> None:
    answer = server.parse("上个月的回单", message_id="m1", metadata={"today": "2026-03-02"})

    assert answer.status == 200
    assert set(answer.body) == {"text", "intent", "intent_ranking", "entities", "text_tokens", "model_id"}
    assert answer.body["text"] == "上个月的回单"
    assert answer.body["intent"]["name"] == "e_receipt"
    assert answer.body["entities"][0]["value"] == {"from": "2026-02-01", "to": "2026-02-28"}
    assert answer.body["model_id"] == answer.headers["X-Model-Id"] == server.ask("GET", "/status").body["model_id"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'"text"',
        b"{}",
        b'{"text": 1}',
        b'{"text": null}',
        b'{"text": "\\ud800"}',
        '{"text": "好", "message_id": 7}'.encode(),
        '{"text": "好", "metadata": []}'.encode(),
        '{"text": "好", "metadata": {"today": "yesterday"}}'.encode(),
        '{"text": "好", "metadata": {"today": 5}}'.encode(),
        b"[" * 30_000,
        ('{"text": "' + "贷" * (MAX_TEXT_CHARS + 1) + '"}').encode(),
        b"\xff\xfe",
    ],
)
def test_anything_but_a_parse_request_is_refused_with_a_reason(server: Server, body: bytes) -> None:
    answer = server.ask("POST", "/model/parse", body)

    assert (answer.status, answer.body["reason"]) == (400, "bad_request")


@pytest.mark.parametrize("deadline", ["soon", "1.5", "", "9" * 12])
def test_a_deadline_that_is_no_whole_number_is_refused(server: Server, deadline: str) -> None:
    answer = server.ask("POST", "/model/parse", {"text": "好"}, {"X-Deadline-Ms": deadline})

    assert (answer.status, answer.body["reason"]) == (400, "bad_request")


@pytest.mark.parametrize("deadline_ms", [0, -20])
def test_a_request_that_comes_after_its_deadline_is_not_parsed(server: Server, deadline_ms: int) -> None:
    answer = server.parse("你好", deadline_ms)

    assert (answer.status, answer.body["reason"], answer.headers["Retry-After"]) == (503, "deadline", "1")


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "贷" * MAX_TEXT_CHARS, 'a/b \\ " \n 😀 <&>'])
def test_odd_texts_are_parsed(server: Server, text: str) -> None:
    answer = server.parse(text)

    assert (answer.status, answer.body["text"]) == (200, text.strip())


def test_a_huge_body_is_refused(server: Server) -> None:
    answer = server.ask("POST", "/model/parse", b"x" * HUGE)

    assert (answer.status, answer.body["code"]) == (413, 413)


def test_an_unknown_path_answers_json(server: Server) -> None:
    answer = server.ask("GET", "/model/train")

    assert (answer.status, answer.body["status"]) == (404, "failure")


def test_status_and_readiness_name_the_loaded_model(server: Server, archive: Path) -> None:
    ready, status = server.ask("GET", "/readyz"), server.ask("GET", "/status")

    assert (ready.status, ready.body["model_file"], status.body["model_file"]) == (200, archive.name, archive.name)


def test_metrics_tell_outcomes_batches_waits_and_the_model(server: Server, archive: Path) -> None:
    answered, refused = (f'nlu_parse_total{{outcome="{outcome}"}}' for outcome in ("ok", "refused"))
    before = {line: server.figure(line) for line in (answered, refused, "nlu_batch_size_sum")}

    server.parse("你好")
    server.ask("POST", "/model/parse", {})

    assert {line: server.figure(line) - count for line, count in before.items()} == dict.fromkeys(before, 1.0)
    text = server.ask("GET", "/metrics").body
    assert f'nlu_model_info{{model_file="{archive.name}"' in text
    assert server.figure("nlu_queue_depth") == 0
    for name in ("nlu_queue_seconds_bucket", "nlu_batch_seconds_bucket", "nlu_batch_size_bucket"):
        assert name in text


def test_many_messages_at_once_each_get_their_own_answer(server: Server) -> None:
    with ThreadPoolExecutor(32) as clients:
        answers = list(clients.map(lambda count: server.parse(f"想贷{count}万"), range(1, 201)))

    assert [one.body["entities"][0]["value"]["low_fen"] for one in answers] == [n * 1_000_000 for n in range(1, 201)]


def test_what_the_customer_wrote_is_never_logged(server: Server) -> None:
    server.parse("暗号芝麻开门")
    server.parse("暗号芝麻开门", metadata=[])

    written = server.log.read_text(encoding="utf-8")
    assert "model_ready" in written
    assert "芝麻" not in written


def test_readiness_waits_for_the_model_while_health_does_not(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no archive")

    with running(broken, tmp_path, ready=False) as server:
        parsed = server.parse("你好")
        until(lambda: server.ask("GET", "/readyz").body["message"] != "model is loading")
        ready = server.ask("GET", "/readyz")
        assert server.ask("GET", "/healthz").status == 200

    assert (parsed.status, parsed.body["reason"], parsed.headers["Retry-After"]) == (503, "not_ready", None)
    assert (ready.status, ready.body["message"]) == (503, "model not loaded: ReadError")
