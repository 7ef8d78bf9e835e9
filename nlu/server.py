"""Serves the trained model by HTTP: POST /model/parse and PUT /model in Rasa's own shape, /status, /healthz, /readyz,
/metrics.

`python server.py [--host 127.0.0.1] [--port 5005] [--models models] [--model models/xinqiao-….tar.gz]`. The model runs
in a process of its own (serving/model_process.py). What customers write is never logged.
"""

from __future__ import annotations

import argparse
import asyncio
import hmac
import ipaddress
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import uvloop
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from publishing import published
from serving.batching import DeadlinePassed, QueueFull
from serving.engine import Engine, ModelDied, ModelNotLoaded, ParseFailed, SwapRunning
from serving.meters import PARSES, QUEUE_DEPTH
from serving.wire import MODEL_HEADER, BadRequest, read_deadline_s, read_model_file, read_parse_request

MAX_BODY_BYTES = 64 * 1024
RETRY_AFTER_S = 1
TOKEN_VARIABLE = "NLU_TOKEN"  # noqa: S105 - the name of the variable, not a token

logger = logging.getLogger("xinqiao.nlu")

ENGINE = web.AppKey("engine", Engine)
MODELS = web.AppKey("models", Path)
LOADING: web.AppKey[asyncio.Task[None]] = web.AppKey("loading", asyncio.Task)


def create_app(archive: Path, models: Path = published.MODELS_DIR) -> web.Application:
    """The application; the model is loaded in the background after start, and /readyz tells when it is there.

    `models` is the folder that PUT /model may take archives from.
    """
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[json_errors])
    app[MODELS] = models

    async def engine_life(app: web.Application) -> AsyncIterator[None]:
        app[ENGINE] = Engine()
        QUEUE_DEPTH.set_function(lambda: app[ENGINE].batcher.depth)
        app[LOADING] = app[ENGINE].start(archive)
        yield
        await app[ENGINE].stop()

    app.cleanup_ctx.append(engine_life)
    app.add_routes(
        [
            web.post("/model/parse", parse),
            web.put("/model", swap),
            web.get("/status", status),
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", metrics),
        ]
    )
    return app


async def parse(request: web.Request) -> web.Response:
    """Rasa's parse reply. 400 for anything but a JSON object with a text of at most 2,000 characters.

    503 is told from outside as "not done, repeat it": `not_ready`, `busy` (queue full), `deadline` (the caller's time
    was over before the model's turn came). Not 504, which is for a gateway whose own server was late.
    """
    engine = request.app[ENGINE]
    try:
        body = await request.read()
        read_parse_request(body)
        timeout_s = read_deadline_s(request.headers)
    except BadRequest as error:
        PARSES.labels("refused").inc()
        return _problem(400, "bad_request", str(error))
    if engine.model is None:
        PARSES.labels("not_ready").inc()
        return _problem(503, "not_ready", engine.failure or "model is loading")
    try:
        parsed = await engine.parse(body, timeout_s)
    except QueueFull:
        return _overloaded("busy", "too many messages waiting")
    except DeadlinePassed:
        return _overloaded("deadline", "the time of the request was over before its turn")
    except ModelDied:
        PARSES.labels("not_ready").inc()
        return _problem(503, "not_ready", "the model is being restarted")
    except ParseFailed as error:
        logger.error("parse_failed kind=%s", error)  # noqa: TRY400 - the kind is all that may be told
        PARSES.labels("error").inc()
        return _problem(500, "internal_error", "the message could not be parsed")
    PARSES.labels("ok").inc()
    return web.Response(body=parsed.body, content_type="application/json", headers={MODEL_HEADER: parsed.model_id})


async def swap(request: web.Request) -> web.Response:
    """Loads `{"model_file": name}` from the models folder and lets it answer: 204. The present model answers meanwhile,
    and stays after 400 (unknown or broken archive) and 409 (another one is being loaded). 401 unless the caller is on
    this machine or sends `?token=` as in NLU_TOKEN.
    """
    if not may_swap(request.remote, request.query.get("token", ""), os.environ.get(TOKEN_VARIABLE)):
        return _problem(401, "not_authenticated", "only from this machine, or with the token")
    try:
        archive = published.archive_named(read_model_file(await request.read()), request.app[MODELS])
        await request.app[ENGINE].swap(archive)
    except BadRequest as error:
        return _problem(400, "bad_request", str(error))
    except published.NoSuchModel as error:
        return _problem(400, "unknown_model", str(error))
    except ModelNotLoaded as error:
        return _problem(400, "broken_model", str(error))
    except SwapRunning:
        return _problem(409, "swap_running", "another model is being loaded")
    return web.Response(status=204)


async def status(request: web.Request) -> web.Response:
    """Which model is loaded, in Rasa's shape."""
    model = request.app[ENGINE].model
    return _json(
        {
            "model_file": model.archive.name if model else None,
            "model_id": model.model_id if model else None,
            "num_active_training_jobs": 0,
        }
    )


async def healthz(_: web.Request) -> web.Response:
    """200 as long as the process answers."""
    return _json({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """200 once a warmed-up model can parse, before that 503 with the reason."""
    engine = request.app[ENGINE]
    if engine.model is None:
        return _problem(503, "not_ready", engine.failure or "model is loading")
    return _json({"status": "ready", "model_file": engine.model.archive.name, "model_id": engine.model.model_id})


async def metrics(_: web.Request) -> web.Response:
    """Prometheus text."""
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@web.middleware
async def json_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Every error is JSON, names the model that is in use, and never repeats what the customer wrote."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = _problem(error.status, error.reason.lower().replace(" ", "_"), error.reason)
    except Exception as error:  # noqa: BLE001 - the one catch-all of a request
        # The message of an exception may quote the text, so only its kind is logged.
        logger.error("request_failed kind=%s", type(error).__name__)  # noqa: TRY400
        response = _problem(500, "internal_error", "the request could not be carried out")
    model = request.app[ENGINE].model
    if model is not None:
        # A reply already names the model that made it, which after a swap need not be the present one.
        response.headers.setdefault(MODEL_HEADER, model.model_id)
    return response


def may_swap(remote: str | None, given: str, token: str | None) -> bool:
    """Whether a caller at this address, with this token in its query, may replace the model."""
    if token and hmac.compare_digest(token.encode(), given.encode()):
        return True
    return remote is not None and ipaddress.ip_address(remote).is_loopback


def _json(body: dict[str, Any], status_code: int = 200) -> web.Response:
    return web.json_response(body, status=status_code, dumps=lambda value: json.dumps(value, ensure_ascii=False))


def _problem(status_code: int, code: str, message: str) -> web.Response:
    """Rasa's error shape with a stable reason."""
    return _json({"status": "failure", "reason": code, "message": message, "code": status_code}, status_code)


def _overloaded(code: str, message: str) -> web.Response:
    """A 503 that tells by its Retry-After that the server lives and only has too much to do."""
    PARSES.labels(code).inc()
    response = _problem(503, code, message)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def newest_model() -> Path:
    """The archive trained last. Raises SystemExit with one clear sentence when there is none."""
    return _there(published.newest_model())


def _there(archive: Path | None) -> Path:
    if archive is None:
        raise SystemExit("No trained model in nlu/models: run `python nlu/train.py` first.")
    return archive


def main() -> None:
    """Runs until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="Serve the trained NLU model.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("NLU_PORT", "5005")))
    parser.add_argument("--models", type=Path, default=published.MODELS_DIR, help="folder of the archives")
    parser.add_argument("--model", type=Path, help="archive to serve; the published or else the newest when left out")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    archive: Path = options.model or _there(published.model_to_serve(options.models))
    # The model runs in another folder.
    app = create_app(archive.absolute(), options.models)
    web.run_app(app, host=options.host, port=options.port, access_log=None, print=None, loop=uvloop.new_event_loop())


if __name__ == "__main__":
    main()
