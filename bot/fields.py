"""Personal data at rest: AES-256-GCM per field, with a key id in front so that keys can be rotated.

The stored form is `key_id:base64(nonce + ciphertext + tag)`; table and column are bound in, so a value moved to another
column does not decrypt. The first key of FIELD_KEYS encrypts, all of them decrypt. `deploy.keys rotate` brings every
stored value under the first key, so that the others can be dropped.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import JSON, Dialect, Text
from sqlalchemy.types import TypeDecorator

_NONCE_BYTES = 12
_TAG_BYTES = 16
_ring: dict[str, AESGCM] = {}
_current: list[str] = []
_oldest: list[bytes] = []
# True while processes of the release before still run, which cannot read the newly sealed columns.
_beside_previous: list[bool] = [False]


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


def write_as_previous_release(*, is_wanted: bool) -> None:
    """Whether newly sealed columns are still written in clear, as the release before reads them; called once at start.

    Only for the minutes in which both releases run (docs/runbook.md, Releases).
    """
    _beside_previous[0] = is_wanted


def writes_as_previous_release() -> bool:
    """True while newly sealed columns are written in clear."""
    return _beside_previous[0]


def current_key_id() -> str:
    """The id of the key that encrypts."""
    return _current[0]


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
        return None if value is None else self.opened(value)

    def opened(self, stored: str) -> str:
        """The value of a column's raw text. Raises KeyError, InvalidTag."""
        return _unseal(stored, self.context)

    @staticmethod
    def mark(key_id: str) -> str:
        """How the raw text of every value under this key begins."""
        return f"{key_id}:"


class NewlySealed(Sealed):
    """A text column that an earlier release wrote in clear: what is not sealed yet is read as it stands."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        return value if _beside_previous[0] else super().process_bind_param(value, dialect)

    def opened(self, stored: str) -> str:
        """The value of a column's raw text. Raises InvalidTag for a tampered value."""
        return _unseal(stored, self.context) if _is_sealed(stored) else stored


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
        return None if value is None else self.opened(value)

    def opened(self, stored: str) -> dict[str, Any]:
        """The value of a column's raw text. Raises KeyError, InvalidTag."""
        return dict(json.loads(_unseal(stored, self.context)))

    @staticmethod
    def mark(key_id: str) -> str:
        """How the raw text of every value under this key begins."""
        return f"{key_id}:"


class NewlySealedJson(TypeDecorator[dict[str, Any]]):
    """A JSON column that an earlier release wrote in clear. Sealed values are JSON strings, so that the column keeps
    its type and no table has to be locked; what is not sealed yet is read as it stands.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, context: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.context = context

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> Any:
        """To the database."""
        if value is None or _beside_previous[0]:
            return value
        return _seal(json.dumps(value, ensure_ascii=False), self.context)

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:
        """From the database. Raises KeyError for an unknown key, InvalidTag for a tampered value."""
        return None if value is None else self._dict_of(value)

    def opened(self, stored: str) -> dict[str, Any]:
        """The value of a column's raw text. Raises KeyError, InvalidTag."""
        return self._dict_of(json.loads(stored))

    @staticmethod
    def mark(key_id: str) -> str:
        """How the raw text of every value under this key begins."""
        return f'"{key_id}:'

    def _dict_of(self, value: Any) -> dict[str, Any]:
        return dict(json.loads(_unseal(value, self.context)) if isinstance(value, str) else value)


AnySealed = Sealed | SealedJson | NewlySealedJson


def _is_sealed(stored: str) -> bool:
    """By its form and not by the keys at hand: what a dropped key sealed must fail, not be shown as clear."""
    _, _, encoded = stored.partition(":")
    try:
        return len(base64.b64decode(encoded, validate=True)) >= _NONCE_BYTES + _TAG_BYTES
    except ValueError:
        return False


def _seal(value: str, context: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _ring[_current[0]].encrypt(nonce, value.encode(), context.encode())
    return f"{_current[0]}:{base64.b64encode(nonce + sealed).decode()}"


def _unseal(stored: str, context: str) -> str:
    key_id, encoded = stored.split(":", 1)
    raw = base64.b64decode(encoded)
    return _ring[key_id].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
