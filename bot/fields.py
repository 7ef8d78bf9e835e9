"""Personal data at rest: AES-256-GCM per field, with a key id in front so that keys can be rotated.

The stored form is `key_id:base64(nonce + ciphertext + tag)`; table and column are bound in, so a value moved to another
column does not decrypt. The first key of FIELD_KEYS encrypts, all of them decrypt.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_NONCE_BYTES = 12
_ring: dict[str, AESGCM] = {}
_current: list[str] = []
_oldest: list[bytes] = []


def install_keys(pairs: Sequence[tuple[str, str]]) -> None:
    """Load the key ring, (id, base64 of 32 bytes), newest first; called once at start. Raises ValueError on a bad
    key.
    """
    ring = {}
    key = b""
    for key_id, encoded in pairs:
        key = base64.b64decode(encoded, validate=True)
        if len(key) != 32:
            raise ValueError(f"field key {key_id} must be 32 bytes, base64 encoded")
        ring[key_id] = AESGCM(key)
    _ring.clear()
    _ring.update(ring)
    _current[:] = [pairs[0][0]]
    _oldest[:] = [key]


def fingerprint(value: str, context: str) -> str:
    """The same short text for the same value, by which equal values are found though they are sealed. `context` is
    "table.column".

    Keyed by the oldest field key, so that a new key in front changes nothing; without a key, short texts could be
    guessed from their fingerprints.
    """
    return hmac.new(_oldest[0], f"{context}\0{value}".encode(), hashlib.sha256).hexdigest()


class Sealed(TypeDecorator[str]):
    """A text column that is encrypted at rest. `context` is "table.column"."""

    impl = Text
    cache_ok = True

    def __init__(self, context: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else _seal(value, self.context)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """From the database. Raises KeyError for an unknown key, InvalidTag for a tampered value."""
        return None if value is None else _unseal(value, self.context)


class SealedJson(TypeDecorator[dict[str, Any]]):
    """A JSON object that is encrypted at rest, in a text column. `context` is "table.column"."""

    impl = Text
    cache_ok = True

    def __init__(self, context: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context = context

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else _seal(json.dumps(value, ensure_ascii=False), self.context)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        """From the database. Raises KeyError for an unknown key, InvalidTag for a tampered value."""
        return None if value is None else dict(json.loads(_unseal(value, self.context)))


def _seal(value: str, context: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _ring[_current[0]].encrypt(nonce, value.encode(), context.encode())
    return f"{_current[0]}:{base64.b64encode(nonce + sealed).decode()}"


def _unseal(stored: str, context: str) -> str:
    key_id, encoded = stored.split(":", 1)
    raw = base64.b64decode(encoded)
    return _ring[key_id].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
