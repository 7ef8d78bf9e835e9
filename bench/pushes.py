"""Ready-made pushes as the platform sends them in safe mode, and a load generator cheap enough to share the machine
with the server.

Everything goes to loopback, is counted and ends by itself.
"""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from config.settings import Settings

HOST = "127.0.0.1"
_ids = itertools.count(int(time.time() * 1000))


@dataclass(frozen=True)
class Timing:
    """One request: seconds until the whole answer was read, its HTTP status, and its body."""

    took_s: float
    status: int
    body: bytes


def text_push(settings: Settings, openid: str, text: str, at: int) -> bytes:
    """A whole HTTP request that carries a text message."""
    fields = f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content><MsgId>{next(_ids)}</MsgId>"
    return _request(settings, openid, fields, at)


def tap_push(settings: Settings, openid: str, text: str, choice: str, at: int) -> bytes:
    """A whole HTTP request that carries a tapped line under an answer."""
    fields = (
        f"<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content><MsgId>{next(_ids)}</MsgId>"
        f"<bizmsgmenuid><![CDATA[{choice}]]></bizmsgmenuid>"
    )
    return _request(settings, openid, fields, at)


def event_push(settings: Settings, openid: str, event: str, key: str, at: int) -> bytes:
    """A whole HTTP request that carries a menu event."""
    fields = (
        f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{event}]]></Event><EventKey><![CDATA[{key}]]></EventKey>"
    )
    return _request(settings, openid, fields, at)


def _request(settings: Settings, openid: str, fields: str, at: int) -> bytes:
    xml = (
        f"<xml><ToUserName><![CDATA[{settings.wechat_account_id}]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid}]]></FromUserName><CreateTime>{at}</CreateTime>{fields}</xml>"
    )
    nonce, stamp = str(next(_ids)), str(at)
    crypto = WeChatCrypto(settings.wechat_token, settings.wechat_aes_key, settings.wechat_app_id)
    sealed = crypto.encrypt_message(xml, nonce, stamp)
    encrypted = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    receiver = f"<ToUserName><![CDATA[{settings.wechat_account_id}]]></ToUserName>"
    body = f"<xml>{receiver}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    query = urlencode(
        {
            "signature": _sign(settings.wechat_token, stamp, nonce),
            "timestamp": stamp,
            "nonce": nonce,
            "openid": openid,
            "encrypt_type": "aes",
            "msg_signature": _sign(settings.wechat_token, stamp, nonce, encrypted),
        }
    )
    head = (
        f"POST /wechat?{query} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: Mozilla/4.0\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return (head + body).encode()


def _sign(*parts: str) -> str:
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def at_rate(port: int, requests: Sequence[bytes], per_second: float) -> list[Timing]:
    """Send each request at its own due time, whether earlier ones are answered or not (open model)."""

    async def run() -> list[Timing]:
        started = time.perf_counter()

        async def one(index: int, request: bytes) -> Timing:
            await asyncio.sleep(max(0.0, started + index / per_second - time.perf_counter()))
            return await exchange(port, request)

        return await asyncio.gather(*(one(index, request) for index, request in enumerate(requests)))

    return asyncio.run(run())


def at_full_speed(port: int, requests: Sequence[bytes], clients: int) -> tuple[list[Timing], float]:
    """Send all with so many clients at once (closed model); the timings and requests a second."""

    async def run() -> list[Timing]:
        waiting = iter(requests)
        found: list[Timing] = []

        async def client() -> None:
            for request in waiting:
                found.append(await exchange(port, request))  # noqa: PERF401 -- the clients share `waiting`

        await asyncio.gather(*(client() for _ in range(clients)))
        return found

    started = time.perf_counter()
    timings = asyncio.run(run())
    return timings, len(timings) / (time.perf_counter() - started)


async def exchange(port: int, request: bytes) -> Timing:
    """Send one request and read the whole answer."""
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return Timing(time.perf_counter() - started, int(head[9:12]), body)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
