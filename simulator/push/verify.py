"""The address check the platform makes when the account's settings are saved, right and wrong ways."""

import secrets
from typing import Any
from urllib.parse import urlencode

from simulator.crypto import sign
from simulator.push.envelope import HEADERS
from simulator.push.wire import request
from simulator.world import World


def verify(world: World) -> dict[str, Any]:
    """Whether the callback echoes a rightly signed check and refuses a wrongly signed one."""
    token = world.settings.token
    right, echo = _check(world, token)
    wrong, wrong_echo = _check(world, f"not-{token}")
    accepted = right.status == 200 and right.body == echo
    refused = not (wrong.status == 200 and wrong.body == wrong_echo)
    return {
        "ok": accepted and refused,
        "accepted": {"ok": accepted, "status": right.status, "body": right.body[:200].decode(errors="replace")},
        "wrong_token_refused": {"ok": refused, "status": wrong.status},
    }


def _check(world: World, token: str) -> tuple[Any, bytes]:
    timestamp, nonce = str(int(world.clock.now_s())), str(secrets.randbelow(10**9))
    echo = str(10**18 + secrets.randbelow(9 * 10**18))
    query = urlencode(
        {"signature": sign(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "echostr": echo}
    )
    headers = {name: value for name, value in HEADERS.items() if name != "Content-Type"}
    return request("GET", f"{world.settings.callback_url}?{query}", headers, None, 5.0), echo.encode()
