"""Cursors: what was made is read back, and what is none of ours is refused, whatever it holds."""

import base64
import json

import pytest

from api.cursors import cursor_of, parts_of
from bot.errors import InvalidInput
from tests.factories import MORNING

KINDS = (type(MORNING), int)


def test_what_was_made_is_read_back() -> None:
    assert parts_of(cursor_of(MORNING, 7), *KINDS) == [MORNING, 7]


@pytest.mark.parametrize(
    "parts",
    [
        [],
        ["2026-03-10T02:00:00+00:00"],
        ["2026-03-10T02:00:00", 7],
        ["0001-01-01T00:00:00+23:59", 7],
        ["2026-03-10T02:00:00+00:00", True],
        ["2026-03-10T02:00:00+00:00", 2**60],
        {"at": 1},
        None,
    ],
)
def test_what_is_none_of_ours_is_refused(parts: object) -> None:
    with pytest.raises(InvalidInput):
        parts_of(base64.urlsafe_b64encode(json.dumps(parts).encode()).decode(), *KINDS)


@pytest.mark.parametrize("cursor", ["", "%%%", "é", "AAAA"])
def test_what_is_no_cursor_at_all_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        parts_of(cursor, *KINDS)
