"""Structured logs: constant event names and listed fields, nothing else.

A field that is not listed is dropped, so that text, names, phones, cards and tokens cannot slip in by a careless
call; an exception is told by its type and places, never by its message, which may quote what somebody typed.
"""

import logging
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

ALLOWED = frozenset(
    {
        *("event", "level", "timestamp", "process", "error", "places"),
        *("turn_id", "follower", "handoff_id", "conversation_id", "delivery_id", "rep_id"),
        *("campaign_id", "chunk", "enrolment_id", "intent", "confidence", "by", "flow", "handoff", "outcome"),
        *("errcode", "rid", "path", "attempt", "duration_ms", "state", "reason", "waiting", "offers", "bell", "count"),
        *("call", "forced", "life_s", "parse_id", "lesson_id"),
    }
)
DEEPEST = 6


def set_up(process: str, stream: TextIO = sys.stdout, *, is_final: bool = True) -> None:
    """Send every log of this process to a stream as JSON lines; once at start, or again when it was not final."""
    structlog.configure(
        processors=[
            partial(_name_process, process),
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_error_by_place,
            _keep_listed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=is_final,
    )
    # Libraries log whole URLs, with the access token in them, at these levels.
    for name in ("urllib3", "httpx", "httpcore", "wechatpy", "requests"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _name_process(process: str, _logger: WrappedLogger, _name: str, fields: EventDict) -> EventDict:
    """Not a context variable: those do not reach the threads that do the work."""
    return {"process": process, **fields}


def _tell_error_by_place(_logger: WrappedLogger, _name: str, fields: EventDict) -> EventDict:
    error = fields.pop("exc_info", None)
    if isinstance(error, BaseException):
        fields["error"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
        fields["places"] = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]
    return fields


def _keep_listed(_logger: WrappedLogger, _name: str, fields: EventDict) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in ALLOWED}
