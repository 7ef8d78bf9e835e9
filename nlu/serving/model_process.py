"""The process that holds one model: server.py starts it with a socket, bodies of requests go in, replies come out.

Apart from the server so that HTTP and model use a core each, so that loading a second model slows nobody down, so that
a replaced model gives all its memory back, and so that a message that kills or hangs the model spares the server.
It ends when the socket closes, therefore also when the server is killed.

`python -m serving.model_process FILE_DESCRIPTOR ARCHIVE` in the nlu folder. First frame out: READY and the model id,
or FAILED and the kind of fault. Then one frame out for each frame in; for each string of it OK and the reply, or FAILED
and the kind of fault.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # one message is far too small to share among cores

from serving import frames
from serving.wire import read_parse_request, reply_bytes

if TYPE_CHECKING:
    from serving.prediction import LoadedModel

READY = b"+"
OK = b"+"
FAILED = b"-"
WARM_UP_TEXTS = ("我想贷20万用一年", "上个月的回单在哪里下载", "u盾坏了怎么办")

logger = logging.getLogger("xinqiao.nlu")


def main(descriptor: int, archive: Path) -> None:
    """Serves the socket until it closes."""
    # Both reach a whole group of processes; the server finishes its requests first and then closes the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # Rasa's debug lines carry the customer's text, and so may the exceptions its error lines print.
    logging.getLogger("rasa").setLevel(logging.CRITICAL)
    with socket.socket(fileno=descriptor) as connection, connection.makefile("rb") as incoming:
        try:
            model = _load_warm(archive)
        except Exception as error:  # whatever is wrong with an archive is told to the server
            logger.exception("model_not_loaded file=%s", archive.name)
            connection.sendall(frames.pack([FAILED + type(error).__name__.encode()]))
            return
        connection.sendall(frames.pack([READY + model.model_id.encode()]))
        while (bodies := frames.read_blocking(incoming)) is not None:
            connection.sendall(frames.pack(parse_bodies(model, bodies)))


def parse_bodies(model: LoadedModel, bodies: Sequence[bytes]) -> list[bytes]:
    """One answer for each body, in order; the bodies have been checked before."""
    outcomes = model.parse_each([read_parse_request(body) for body in bodies])
    return [
        # The message of an exception may quote the text, so only its kind goes out.
        FAILED + type(outcome.__cause__ or outcome).__name__.encode()
        if isinstance(outcome, Exception)
        else OK + reply_bytes(outcome, model.model_id)
        for outcome in outcomes
    ]


def _load_warm(archive: Path) -> LoadedModel:
    from serving.prediction import load_model  # noqa: PLC0415 - the server imports this module and must not pay for Rasa

    model = load_model(archive)
    for text in WARM_UP_TEXTS:
        model.parse(text)
    # What stands now stays: without this every full collection walks all objects of Rasa's, some 100 ms.
    gc.collect()
    gc.freeze()
    return model


if __name__ == "__main__":
    with suppress(BrokenPipeError, ConnectionResetError):  # the server went away while the model was loading
        main(int(sys.argv[1]), Path(sys.argv[2]))
