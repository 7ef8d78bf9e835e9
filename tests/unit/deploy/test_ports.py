"""A port in use is told before anything starts."""

import socket

from deploy.local.ports import taken


def test_a_port_in_use_is_named_with_its_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]

        [sentence] = taken({"WEB_PORT": number})

    assert f"Port {number} is already in use" in sentence
    assert "WEB_PORT=" in sentence


def test_a_free_port_is_not_mentioned() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        number = other.getsockname()[1]

    assert taken({"WEB_PORT": number}) == []
