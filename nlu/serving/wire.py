"""What callers may send, checked by hand, strictly, before the model sees it; and how a reply becomes bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

MAX_TEXT_CHARS = 2000
MAX_MESSAGE_ID_CHARS = 200
DEADLINE_HEADER = "X-Deadline-Ms"
MODEL_HEADER = "X-Model-Id"
# The product waits as long as this; a caller that says nothing is taken for it.
DEFAULT_DEADLINE_S = 1.5
_MILLISECONDS = re.compile(r"-?[0-9]{1,9}")


class BadRequest(Exception):
    """The body is not a parse request; the message says what is wrong without repeating the text."""


@dataclass(frozen=True)
class ParseRequest:
    """One message to understand."""

    text: str
    message_id: str | None
    metadata: dict[str, Any] | None


def read_parse_request(body: bytes) -> ParseRequest:
    """The checked request. Keys that Rasa's callers may add and we do not know are ignored. Raises BadRequest."""
    data = _json_object(body)
    return ParseRequest(_text(data), _message_id(data), _metadata(data))


def read_deadline_s(headers: Mapping[str, str]) -> float:
    """Seconds that are left to the caller; nothing or less when its time is already over. Raises BadRequest."""
    given = headers.get(DEADLINE_HEADER)
    if given is None:
        return DEFAULT_DEADLINE_S
    if not _MILLISECONDS.fullmatch(given.strip()):
        raise BadRequest(f"{DEADLINE_HEADER} must be a whole number of milliseconds")
    return int(given) / 1000


def read_model_file(body: bytes) -> str:
    """The file name in Rasa's body of PUT /model. Raises BadRequest."""
    name = _json_object(body).get("model_file")
    if not isinstance(name, str) or not name:
        raise BadRequest("model_file must be the name of an archive")
    return name


def reply_bytes(reply: Mapping[str, Any], model_id: str) -> bytes:
    """The parse reply with the model that made it. orjson: the ranking alone takes the standard library 40 us."""
    return orjson.dumps({**reply, "model_id": model_id})


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        data = orjson.loads(body)
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if not isinstance(data, dict):
        raise BadRequest("the body must be a JSON object")
    return data


def _text(data: dict[str, Any]) -> str:
    text = data.get("text")
    if not isinstance(text, str):
        raise BadRequest("text must be a string")
    if len(text) > MAX_TEXT_CHARS:
        raise BadRequest(f"text must be at most {MAX_TEXT_CHARS} characters")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadRequest("text must be valid Unicode") from None
    return text


def _message_id(data: dict[str, Any]) -> str | None:
    message_id = data.get("message_id")
    if message_id is not None and not (isinstance(message_id, str) and len(message_id) <= MAX_MESSAGE_ID_CHARS):
        raise BadRequest(f"message_id must be a string of at most {MAX_MESSAGE_ID_CHARS} characters")
    return message_id


def _metadata(data: dict[str, Any]) -> dict[str, Any] | None:
    metadata = data.get("metadata")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise BadRequest("metadata must be an object")
    today = metadata.get("today")
    if today is not None:
        try:
            date.fromisoformat(today)
        except (TypeError, ValueError):
            raise BadRequest("metadata.today must be a date, YYYY-MM-DD") from None
    return metadata
