"""How server.py and model_process.py talk: lists of byte strings over a private socket pair.

A frame is its length in bytes, the number of strings, the length of each, then the strings. No pickle: what goes
through are bodies of requests and of replies, and neither end can be made to run what the other sends.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence
from typing import BinaryIO

_NUMBER = struct.Struct("!I")


def pack(strings: Sequence[bytes]) -> bytes:
    """One frame."""
    lengths = struct.pack(f"!{len(strings) + 1}I", len(strings), *map(len, strings))
    payload = b"".join((lengths, *strings))
    return _NUMBER.pack(len(payload)) + payload


async def read(reader: asyncio.StreamReader) -> list[bytes]:
    """The next frame. Raises asyncio.IncompleteReadError when the other end is gone."""
    (size,) = _NUMBER.unpack(await reader.readexactly(_NUMBER.size))
    return _unpack(await reader.readexactly(size))


def read_blocking(file: BinaryIO) -> list[bytes] | None:
    """The next frame; None when the other end is gone."""
    head = file.read(_NUMBER.size)
    if len(head) < _NUMBER.size:
        return None
    (size,) = _NUMBER.unpack(head)
    payload = file.read(size)
    return _unpack(payload) if len(payload) == size else None


def _unpack(payload: bytes) -> list[bytes]:
    (count,) = _NUMBER.unpack_from(payload)
    lengths = struct.unpack_from(f"!{count}I", payload, _NUMBER.size)
    strings = []
    start = _NUMBER.size * (count + 1)
    for length in lengths:
        strings.append(payload[start : start + length])
        start += length
    return strings
