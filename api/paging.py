"""Cursors of pages: what the last row was sorted by, as text nobody needs to read."""

import base64
import binascii
import json
from collections.abc import Sequence

from bot.errors import InvalidInput


def cursor_of(*values: int) -> str:
    """The cursor of a row with these keys."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def keys_of(cursor: str, count: int, biggest: int = 2**53) -> Sequence[int]:
    """The keys of a cursor. Raises InvalidInput."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode()).decode("ascii"))
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(places=["cursor"]) from error
    is_whole = isinstance(values, list) and len(values) == count
    if not is_whole or not all(type(value) is int and 0 <= value <= biggest for value in values):
        raise InvalidInput(places=["cursor"])
    found: Sequence[int] = values
    return found
