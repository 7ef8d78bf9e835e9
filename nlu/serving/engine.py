"""The model that answers: a process of its own, replaced while it serves, restarted when it dies, run in batches."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import time
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from serving import frames
from serving.batching import Batcher
from serving.meters import MODEL_INFO, SWAPS
from serving.model_process import FAILED, OK

NLU_DIR = Path(__file__).resolve().parent.parent
PROGRAM = ("-m", "serving.model_process")
LOAD_TIMEOUT_S = 120.0
# No batch takes a tenth of it; a model that does is stuck in one message.
BATCH_TIMEOUT_S = 5.0
RESTART_PAUSE_S = 1.0

# Python 3.10's asyncio has a TimeoutError of its own.
_TOO_LATE = asyncio.TimeoutError
_GONE = (OSError, EOFError, _TOO_LATE)

logger = logging.getLogger("xinqiao.nlu")


class ModelNotLoaded(Exception):
    """The archive holds no model that can answer; the message names the kind of fault."""


class ModelDied(Exception):
    """The process of the model ended or hung in this batch; a new one is being started."""


class ParseFailed(Exception):
    """A component raised for this message; the message names the kind of fault only."""


class SwapRunning(Exception):
    """Another model is being loaded."""


@dataclass(frozen=True)
class Parsed:
    """A reply as it goes out, and the model that made it."""

    body: bytes
    model_id: str


@dataclass(frozen=True)
class Model:
    """A running process with one model in it, warmed up."""

    archive: Path
    model_id: str
    process: asyncio.subprocess.Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    # One frame is under way at a time; who retires the model waits for it.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def parse(self, bodies: Sequence[bytes]) -> list[Parsed | Exception]:
        """One outcome for each body, in order. Raises ModelDied."""
        async with self.turn:
            try:
                self.writer.write(frames.pack(bodies))
                answers = await asyncio.wait_for(frames.read(self.reader), BATCH_TIMEOUT_S)
            except _GONE as error:
                raise ModelDied(type(error).__name__) from error
        return [
            Parsed(answer[1:], self.model_id) if answer[:1] == OK else ParseFailed(answer[1:].decode())
            for answer in answers
        ]

    async def retire(self) -> None:
        """Lets the batch that is under way finish, then ends the process."""
        async with self.turn:
            await _end(self.process, self.writer)


class Engine:
    """One model at a time answers; a batch keeps the model it began with."""

    def __init__(self) -> None:
        self.model: Model | None = None
        self.failure: str | None = None
        self.batcher: Batcher[bytes, Parsed] = Batcher(self._run, weigh=len)
        self._loading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, archive: Path) -> asyncio.Task[None]:
        """Begins to serve; the task ends when the first model is there or has failed."""
        self.batcher.start()
        return self._begin(self._load_first(archive))

    async def stop(self) -> None:
        """Ends what `start` and `swap` began."""
        await self.batcher.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.model is not None:
            await _end(self.model.process, self.model.writer)

    async def parse(self, body: bytes, timeout_s: float) -> Parsed:
        """The reply to a checked body. Raises QueueFull, DeadlinePassed, ModelDied, ParseFailed."""
        return await self.batcher.submit(body, timeout_s)

    async def swap(self, archive: Path) -> None:
        """Puts the model of this archive in the place of the present one. Raises SwapRunning, ModelNotLoaded: then the
        present one stays.
        """
        if self._loading.locked():
            SWAPS.labels("refused").inc()
            raise SwapRunning
        try:
            # Shielded: a caller who hangs up must not leave a process behind that nobody owns.
            await asyncio.shield(self._begin(self._swap(archive)))
        except ModelNotLoaded:
            SWAPS.labels("failed").inc()
            raise
        SWAPS.labels("ok").inc()

    async def _swap(self, archive: Path) -> None:
        async with self._loading:
            await self._load(archive)

    async def _load_first(self, archive: Path) -> None:
        async with self._loading:
            await self._load_or_tell(archive)

    async def _load_or_tell(self, archive: Path) -> None:
        """A failure is kept for /readyz; the server stays up to report it and to be given a better archive."""
        try:
            await self._load(archive)
        except ModelNotLoaded as error:
            self.failure = str(error)

    async def _load(self, archive: Path) -> None:
        started = time.monotonic()
        model = await start_model(archive)
        old, self.model, self.failure = self.model, model, None
        MODEL_INFO.clear()
        MODEL_INFO.labels(archive.name, model.model_id).set(1)
        logger.info("model_ready file=%s duration_ms=%d", archive.name, (time.monotonic() - started) * 1000)
        if old is not None:
            self._begin(old.retire())

    async def _run(self, bodies: Sequence[bytes]) -> Sequence[Parsed | Exception]:
        model = self.model
        if model is None:
            raise ModelDied
        try:
            return await model.parse(bodies)
        except ModelDied:
            if self.model is model:
                self.model = None
                self._begin(self._restart(model))
            raise

    async def _restart(self, dead: Model) -> None:
        """The same archive again, until it stands or a swap has brought another model."""
        logger.error("model_died file=%s", dead.archive.name)
        await _end(dead.process, dead.writer)
        while True:
            async with self._loading:
                if self.model is None:
                    await self._load_or_tell(dead.archive)
                if self.model is not None:
                    return
            await asyncio.sleep(RESTART_PAUSE_S)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def start_model(archive: Path) -> Model:
    """A process with the model of this archive, ready to answer. Raises ModelNotLoaded."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *PROGRAM,
            str(theirs.fileno()),
            str(archive),
            pass_fds=[theirs.fileno()],
            cwd=NLU_DIR,
        )
    reader, writer = await asyncio.open_connection(sock=ours, limit=2**20)
    try:
        (first,) = await asyncio.wait_for(frames.read(reader), LOAD_TIMEOUT_S)
    except BaseException as error:
        await _end(process, writer)
        if isinstance(error, _GONE):
            raise ModelNotLoaded(f"model not loaded: {type(error).__name__}") from error
        raise
    if first[:1] == FAILED:
        await _end(process, writer)
        raise ModelNotLoaded(f"model not loaded: {first[1:].decode()}")
    return Model(archive, first[1:].decode(), process, reader, writer)


async def _end(process: asyncio.subprocess.Process, writer: asyncio.StreamWriter) -> None:
    """A model that is not stuck ends by itself when its socket closes."""
    writer.close()
    try:
        await asyncio.wait_for(process.wait(), 1.0)
    except _TOO_LATE:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
