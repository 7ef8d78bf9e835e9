"""One HTTP request to the callback with a hard end: after the cut the connection is dropped, whatever is going on."""

import contextlib
import http.client
import socket
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_REPLY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back: status and body, or the reason why nothing did ("cut" or "connect")."""

    status: int | None
    body: bytes
    ms: int
    error: str | None = None


def request(method: str, url: str, headers: dict[str, str], body: bytes | None, cut_s: float) -> Answer:
    """Send one request and read the whole answer within cut_s seconds."""
    parts = urlsplit(url)
    started = time.monotonic()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=cut_s)
    cut = threading.Event()
    timer = threading.Timer(cut_s, cut.set)
    try:
        connection.connect()
        # The socket itself is kept: a connection forgets it once the reply's head has come.
        timer = threading.Timer(started + cut_s - time.monotonic(), _drop, (connection.sock, cut))
        timer.daemon = True
        timer.start()
        connection.putrequest(method, f"{parts.path}?{parts.query}", skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": str(len(body or b""))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
        data = response.read(MAX_REPLY_BYTES)
        if cut.is_set():
            return Answer(None, b"", _ms(started), "cut")
        return Answer(response.status, data, _ms(started))
    except TimeoutError:
        return Answer(None, b"", _ms(started), "cut")
    except (OSError, http.client.HTTPException):
        return Answer(None, b"", _ms(started), "cut" if cut.is_set() else "connect")
    finally:
        timer.cancel()
        connection.close()


def _drop(sock: socket.socket, cut: threading.Event) -> None:
    cut.set()
    # The other side may have closed it in the same moment.
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _ms(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
