"""The HTTP contract of the server, against the real application and model."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import server
from aiohttp.test_utils import TestClient, TestServer

Check = Callable[[TestClient], Awaitable[Any]]


def with_server(archive: Path, check: Check, wait_ready: bool = True) -> Any:
    """Runs one check against a started server."""

    async def run() -> Any:
        app = server.create_app(archive)
        async with TestClient(TestServer(app)) as client:
            if wait_ready:
                await app[server.LOADING]
            return await check(client)

    return asyncio.run(run())


def test_parse_answers_in_rasas_shape(archive: Path) -> None:
    async def check(client: TestClient) -> Any:
        body = {"text": "上个月的回单", "message_id": "m1", "metadata": {"today": "2026-03-02"}}
        response = await client.post("/model/parse", json=body)
        return response.status, await response.json()

    status, reply = with_server(archive, check)

    assert status == 200
    assert set(reply) == {"text", "intent", "intent_ranking", "entities", "text_tokens"}
    assert reply["text"] == "上个月的回单"
    assert reply["intent"]["name"] == "e_receipt"
    assert reply["entities"][0]["value"] == {"from": "2026-02-01", "to": "2026-02-28"}


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
        ('{"text": "' + "贷" * 2001 + '"}').encode(),
        b"\xff\xfe",
    ],
)
def test_anything_but_a_parse_request_is_refused_with_a_reason(archive: Path, body: bytes) -> None:
    async def check(client: TestClient) -> Any:
        response = await client.post("/model/parse", data=body)
        return response.status, await response.json()

    status, reply = with_server(archive, check, wait_ready=False)

    assert (status, reply["reason"]) == (400, "bad_request")


def test_a_text_of_2000_characters_is_parsed(archive: Path) -> None:
    async def check(client: TestClient) -> Any:
        return (await client.post("/model/parse", json={"text": "贷" * 2000})).status

    assert with_server(archive, check) == 200


def test_a_huge_body_is_refused(archive: Path) -> None:
    async def check(client: TestClient) -> Any:
        response = await client.post("/model/parse", data=b"x" * (server.MAX_BODY_BYTES + 1))
        return response.status, (await response.json())["code"]

    assert with_server(archive, check, wait_ready=False) == (413, 413)


def test_an_unknown_path_answers_json(archive: Path) -> None:
    async def check(client: TestClient) -> Any:
        response = await client.get("/model/train")
        return response.status, (await response.json())["status"]

    assert with_server(archive, check, wait_ready=False) == (404, "failure")


def test_readiness_waits_for_the_model_while_health_does_not(tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no archive")

    async def check(client: TestClient) -> Any:
        parse = await client.post("/model/parse", json={"text": "你好"})
        ready = await client.get("/readyz")
        return (await client.get("/healthz")).status, ready.status, (await ready.json())["message"], parse.status

    assert with_server(broken, check) == (200, 503, "model not loaded: ReadError", 503)


def test_status_and_readiness_name_the_loaded_model(archive: Path) -> None:
    async def check(client: TestClient) -> Any:
        ready = await client.get("/readyz")
        return ready.status, (await (await client.get("/status")).json())["model_file"]

    assert with_server(archive, check) == (200, archive.name)


def test_metrics_count_outcomes(archive: Path) -> None:
    async def check(client: TestClient) -> Any:
        await client.post("/model/parse", json={"text": "你好"})
        await client.post("/model/parse", json={})
        return await (await client.get("/metrics")).text()

    text = with_server(archive, check)

    assert 'nlu_parse_total{outcome="ok"}' in text
    assert 'nlu_parse_total{outcome="refused"}' in text
    assert "nlu_parse_seconds_bucket" in text


def test_many_messages_at_once_are_all_answered(archive: Path) -> None:
    async def check(client: TestClient) -> Any:
        posts = [client.post("/model/parse", json={"text": f"想贷{count}万"}) for count in range(1, 61)]
        replies = [await response.json() for response in await asyncio.gather(*posts)]
        return [reply["entities"][0]["value"]["low_fen"] for reply in replies]

    assert with_server(archive, check) == [count * 1_000_000 for count in range(1, 61)]


def test_messages_beyond_the_queue_are_turned_away(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_PENDING", 0)

    async def check(client: TestClient) -> Any:
        response = await client.post("/model/parse", json={"text": "你好"})
        return response.status, (await response.json())["reason"]

    assert with_server(archive, check) == (503, "busy")


def test_what_the_customer_wrote_is_never_logged(archive: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def check(client: TestClient) -> Any:
        await client.post("/model/parse", json={"text": "暗号芝麻开门"})
        await client.post("/model/parse", json={"text": "暗号芝麻开门", "metadata": []})

    with_server(archive, check)

    assert "芝麻" not in caplog.text
