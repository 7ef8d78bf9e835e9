"""How much a request may bring: little, except where an endpoint says that it takes more."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request

F = TypeVar("F", bound=Callable[..., Any])

MAX_BODY = 64 * 1024


def takes(max_bytes: int) -> Callable[[F], F]:
    """Mark an endpoint that takes bodies of up to this many bytes."""

    def mark(view: F) -> F:
        view.max_body = max_bytes  # type: ignore[attr-defined]
        return view

    return mark


def register(app: Flask) -> None:
    """Bound every request's body before anything reads it."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY

    @app.before_request
    def bound_body() -> None:
        view = app.view_functions.get(request.endpoint or "")
        request.max_content_length = getattr(view, "max_body", MAX_BODY)
