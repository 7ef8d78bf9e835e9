"""What bench.py measures: the three servers as processes, the stock model, the texts."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import yaml

NLU_DIR = Path(__file__).resolve().parent.parent
RASA = (sys.executable, "-m", "rasa")
# Besides our own models, so that none of them is ever taken for one to serve.
STOCK_DIR = NLU_DIR.parent / "var" / "bench"
READY_LIMIT_S = 180.0
_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TQDM_DISABLE": "1",
    "PYTHONWARNINGS": "ignore",
}


@dataclass(frozen=True)
class Running:
    """A server that is ready."""

    port: int
    pid: int
    ready_s: float

    def rss_mb(self) -> float:
        """Resident memory of the process and all below it; pages they share count twice."""
        listing = ["ps", "-A", "-o", "pid=,ppid=,rss="]
        rows = subprocess.run(listing, capture_output=True, text=True, check=True)  # noqa: S603
        table = [[int(number) for number in line.split()] for line in rows.stdout.splitlines()]
        family = {self.pid}
        for _ in table:
            family |= {pid for pid, parent, _ in table if parent in family}
        return sum(rss for pid, _, rss in table if pid in family) / 1024


def stock_command(archive: Path, port: int) -> tuple[str, ...]:
    """`rasa run` on one model."""
    return (*RASA, "run", "--enable-api", "-m", str(archive), "-i", "127.0.0.1", "--port", str(port))


def our_command(archive: Path, port: int) -> tuple[str, ...]:
    """server.py on one model."""
    return (sys.executable, str(NLU_DIR / "server.py"), "--model", str(archive), "--port", str(port))


@contextmanager
def running(command: tuple[str, ...], port: int) -> Iterator[Running]:
    """The server from its start to its end. Raises RuntimeError when it does not become ready."""
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - a program of this project
        command, cwd=NLU_DIR, env={**os.environ, **_QUIET}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _has_model(port):
            if process.poll() is not None or time.monotonic() - started > READY_LIMIT_S:
                raise RuntimeError(f"not ready: {' '.join(command)}")
            time.sleep(0.05)
        yield Running(port, process.pid, time.monotonic() - started)
    finally:
        process.terminate()
        process.wait()


def parse_all(port: int, texts: list[str]) -> list[dict[str, Any]]:
    """The replies to all texts, one after the other."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    replies = []
    for text in texts:
        connection.request("POST", "/model/parse", json.dumps({"text": text}))
        replies.append(json.loads(connection.getresponse().read()))
    connection.close()
    return replies


def load(port: int, clients: int, seconds: int, texts: list[str]) -> dict[str, float]:
    """The figures of load.py."""
    command = [sys.executable, str(NLU_DIR / "benchmark" / "load.py"), str(port), str(clients), str(seconds)]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)  # noqa: S603
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def stock_model() -> Path:
    """The stock pipeline trained on our data; trained anew when data or pipeline changed."""
    digest = hashlib.sha256()
    inputs = [
        NLU_DIR / "pipelines" / "words_diet.yml",
        NLU_DIR / "domain.yml",
        *sorted((NLU_DIR / "data").rglob("*.yml")),
    ]
    for path in inputs:
        digest.update(path.read_bytes())
    archive = STOCK_DIR / f"stock-{digest.hexdigest()[:12]}.tar.gz"
    if archive.exists():
        return archive
    STOCK_DIR.mkdir(parents=True, exist_ok=True)
    print("[bench] training the stock pipeline, some minutes, once for this data", flush=True)
    settings = ("--config", "pipelines/words_diet.yml", "--nlu", "data", "--domain", "domain.yml")
    output = ("--out", str(STOCK_DIR), "--fixed-model-name", f".{archive.name}")
    # Rasa's step cache would answer for a pipeline that was trained on other data.
    environment = {**os.environ, **_QUIET, "RASA_MAX_CACHE_SIZE": "0"}
    with (STOCK_DIR / "train.log").open("wb") as log:
        subprocess.run(  # noqa: S603
            [*RASA, "train", "nlu", *settings, *output],
            cwd=NLU_DIR,
            env=environment,
            stdout=log,
            stderr=log,
            check=True,
        )
    for stale in STOCK_DIR.glob("stock-*.tar.gz"):
        stale.unlink()
    return (STOCK_DIR / f".{archive.name}").rename(archive)


def distinct_texts() -> list[str]:
    """Every text of the training data and of the sets beside the tests once, in a fixed order without any meaning."""
    files = [*sorted((NLU_DIR / "tests").glob("*.yml")), *sorted((NLU_DIR / "data" / "intents").rglob("*.yml"))]
    contents = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    blocks = [block for content in contents if isinstance(content, dict) for block in content.get("nlu", [])]
    lines = [line for block in blocks for line in block.get("examples", "").splitlines()]
    texts = list(dict.fromkeys(text for line in lines if (text := line.strip().removeprefix("-").strip())))
    random.Random(7).shuffle(texts)  # noqa: S311 - a fixed order, no secret
    return texts


def _has_model(port: int) -> bool:
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/status")
        answer = connection.getresponse()
        return answer.status == 200 and bool(json.loads(answer.read()).get("model_id"))
    except (OSError, HTTPException, ValueError):
        return False
