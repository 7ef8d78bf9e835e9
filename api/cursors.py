"""Where a page ends, as a word the client hands back unread: a moment or a number, and what tells rows of it apart."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bot.errors import InvalidInput


def cursor_of(*parts: str | int | datetime) -> str:
    """The cursor of these parts."""
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode()


def parts_of(cursor: str, *kinds: type | tuple[type, ...]) -> Sequence[Any]:
    """The parts of a cursor, each of its kind. Raises InvalidInput for what is no cursor of ours."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        given = found if isinstance(found, list) else []
        return [_part(value, kind) for value, kind in zip(given, kinds, strict=True)]
    except (ValueError, binascii.Error, OverflowError) as error:
        raise InvalidInput(places=["cursor"]) from error


def _part(value: Any, kind: type | tuple[type, ...]) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value if isinstance(value, str) else "")
        if moment.tzinfo is None:
            raise ValueError("a moment without a zone")
        # Raises OverflowError for one that lies outside the calendar in our zone.
        return moment.astimezone(UTC)
    if not isinstance(value, kind) or isinstance(value, bool) or (isinstance(value, int) and abs(value) > 2**53):
        raise ValueError("not of this kind")
    return value
