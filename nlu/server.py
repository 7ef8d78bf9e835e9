"""Serves the trained model by HTTP: POST /model/parse in Rasa's own shape, /status, /healthz, /readyz, /metrics.

`python server.py [--host 127.0.0.1] [--port 5005] [--model models/xinqiao-….tar.gz]`. One process; run more of them to
serve more. What customers write is never logged.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # one message is far too small to share among cores

from aiohttp import web
from prediction import LoadedModel, load_model
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from wire import BadRequest, ParseRequest, read_parse_request

MODELS_DIR = Path(__file__).resolve().parent / "models"
MAX_BODY_BYTES = 64 * 1024
# Longer than this the queue would answer callers that have given up (they wait 1.5 s, a message takes about 1 ms).
MAX_PENDING = 256
PARSE_THREADS = 2
WARM_UP_TEXTS = ("我想贷20万用一年", "上个月的回单在哪里下载", "u盾坏了怎么办")

PARSES = Counter("nlu_parse_total", "Parse requests by outcome.", ["outcome"])
PARSE_SECONDS = Histogram(
    "nlu_parse_seconds", "Time of one parse.", buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.5)
)

logger = logging.getLogger("xinqiao.nlu")


@dataclass
class Engine:
    """The model once it is there, and the threads that run it so that the event loop stays free."""

    archive: Path
    threads: ThreadPoolExecutor
    model: LoadedModel | None = None
    failure: str | None = None
    pending: int = 0

    async def load(self) -> None:
        """Loads and warms up off the event loop. A failure is kept for /readyz; the process stays up to report it."""
        started = time.monotonic()
        try:
            self.model = await asyncio.get_running_loop().run_in_executor(self.threads, _load_warm, self.archive)
        except Exception as error:  # whatever is wrong with the archive must show in /readyz, not end in a dead task
            self.failure = f"model not loaded: {type(error).__name__}"
            logger.exception("model_not_loaded file=%s", self.archive.name)
        else:
            logger.info("model_ready file=%s duration_ms=%d", self.archive.name, (time.monotonic() - started) * 1000)

    async def parse(self, model: LoadedModel, wanted: ParseRequest) -> dict[str, Any]:
        """The reply, made on a thread."""
        self.pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, _timed_parse, model, wanted)
        finally:
            self.pending -= 1


ENGINE = web.AppKey("engine", Engine)
LOADING: web.AppKey[asyncio.Task[None]] = web.AppKey("loading", asyncio.Task)


def create_app(archive: Path) -> web.Application:
    """The application; the model is loaded in the background after start, and /readyz tells when it is there."""
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[json_errors])
    app[ENGINE] = Engine(archive, ThreadPoolExecutor(PARSE_THREADS, thread_name_prefix="parse"))
    app.cleanup_ctx.append(_engine_life)
    app.add_routes(
        [
            web.post("/model/parse", parse),
            web.get("/status", status),
            web.get("/healthz", healthz),
            web.get("/readyz", readyz),
            web.get("/metrics", metrics),
        ]
    )
    return app


async def parse(request: web.Request) -> web.Response:
    """Rasa's parse reply. 400 for anything but a JSON object with a text of at most 2,000 characters; 503 not ready."""
    engine = request.app[ENGINE]
    try:
        wanted = read_parse_request(await request.read())
    except BadRequest as error:
        PARSES.labels("refused").inc()
        return _problem(400, "bad_request", str(error))
    if engine.model is None:
        PARSES.labels("not_ready").inc()
        return _problem(503, "not_ready", engine.failure or "model is loading")
    if engine.pending >= MAX_PENDING:
        PARSES.labels("shed").inc()
        return _problem(503, "busy", "too many messages waiting")
    reply = await engine.parse(engine.model, wanted)
    PARSES.labels("ok").inc()
    return _json(reply)


async def status(request: web.Request) -> web.Response:
    """Which model is loaded, in Rasa's shape."""
    model = request.app[ENGINE].model
    return _json(
        {
            "model_file": model.file if model else None,
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
    return _json({"status": "ready", "model_file": engine.model.file})


async def metrics(_: web.Request) -> web.Response:
    """Prometheus text."""
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@web.middleware
async def json_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """Every error is JSON, and none of them repeats what the customer wrote."""
    try:
        response: web.StreamResponse = await handler(request)
        return response
    except web.HTTPException as error:
        return _problem(error.status, error.reason.lower().replace(" ", "_"), error.reason)
    except Exception as error:  # noqa: BLE001 - the one catch-all of a request
        # The message of an exception may quote the text, so only its kind is logged.
        logger.error(  # noqa: TRY400
            "parse_failed kind=%s", type(error.__cause__ or error).__name__
        )
        PARSES.labels("error").inc()
        return _problem(500, "internal_error", "the message could not be parsed")


async def _engine_life(app: web.Application) -> Any:
    app[LOADING] = asyncio.create_task(app[ENGINE].load())
    yield
    app[LOADING].cancel()
    with suppress(asyncio.CancelledError):
        await app[LOADING]
    app[ENGINE].threads.shutdown(wait=False, cancel_futures=True)


def _load_warm(archive: Path) -> LoadedModel:
    model = load_model(archive)
    for text in WARM_UP_TEXTS:
        model.parse(text)
    return model


def _timed_parse(model: LoadedModel, wanted: ParseRequest) -> dict[str, Any]:
    with PARSE_SECONDS.time():
        return model.parse(wanted.text, wanted.message_id, wanted.metadata)


def _json(body: dict[str, Any], status_code: int = 200) -> web.Response:
    return web.json_response(body, status=status_code, dumps=lambda value: json.dumps(value, ensure_ascii=False))


def _problem(status_code: int, code: str, message: str) -> web.Response:
    """Rasa's error shape with a stable reason."""
    return _json({"status": "failure", "reason": code, "message": message, "code": status_code}, status_code)


def newest_model() -> Path:
    """The archive trained last. Raises SystemExit with one clear sentence when there is none."""
    archives = sorted(MODELS_DIR.glob("xinqiao-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not archives:
        raise SystemExit("No trained model in nlu/models: run `python nlu/train.py` first.")
    return archives[-1]


def main() -> None:
    """Runs until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="Serve the trained NLU model.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("NLU_PORT", "5005")))
    parser.add_argument("--model", type=Path, help="archive to serve; the newest of models/ when left out")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # Rasa's debug lines carry the customer's text, and so may the exceptions its error lines print.
    logging.getLogger("rasa").setLevel(logging.CRITICAL)
    app = create_app(options.model or newest_model())
    web.run_app(app, host=options.host, port=options.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
