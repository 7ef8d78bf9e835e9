"""Reads the JSON of control calls strictly: an unknown key is an error, never silently ignored."""

from typing import Any

from flask import Response, jsonify, request


class BadControl(Exception):
    """A control call that makes no sense, with its HTTP status."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def json_object() -> dict[str, Any]:
    """The request's JSON object. Raises BadControl."""
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise BadControl("the body must be a JSON object")
    return body


def read_body(*names: str, optional: bool = False) -> dict[str, Any]:
    """The request's JSON object with no other keys than these. Raises BadControl."""
    if optional and not request.get_data():
        return {}
    body = json_object()
    unknown = sorted(set(body) - set(names))
    if unknown:
        raise BadControl(f"unknown key {', '.join(unknown)}; known: {', '.join(names)}")
    return body


def error_response(message: str, status: int) -> Response:
    """A JSON error of the control API."""
    response = jsonify(error=message)
    response.status_code = status
    return response
