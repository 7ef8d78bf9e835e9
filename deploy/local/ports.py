"""Are the ports free? Asked before anything starts, so that the answer is a sentence and not a traceback."""

import socket
from collections.abc import Mapping


def taken(ports: Mapping[str, int]) -> list[str]:
    """One sentence for each port (by variable) that another program listens on."""
    return [
        f"Port {number} is already in use by another program: stop it, or choose another with {name}=PORT make run."
        for name, number in ports.items()
        if not _is_free(number)
    ]


def _is_free(number: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As a server would bind: a port that only waits out old connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
        return True
