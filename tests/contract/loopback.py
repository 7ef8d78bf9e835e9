"""A JSON service on loopback that answers from a table; what HTTP adapters are pointed at."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask, jsonify, request

from tests.on_a_port import on_a_port


class Table:
    """Answers by path, or by path and text of the body; everything else is 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Mapping[str, Any]] = {}
        self.is_down = False
        self.url = ""


@contextmanager
def serve(table: Table) -> Iterator[Table]:
    """The table behind a port of this machine."""
    app = Flask(__name__)

    @app.route("/<path:path>", methods=["GET", "POST"])
    def answer(path: str) -> tuple[Any, int]:
        if table.is_down:
            return jsonify(), 503
        key = f"{path}?{request.get_json()['text']}" if request.method == "POST" else path
        found = table.answers.get(key, table.answers.get(path))
        return (jsonify(found), 200) if found is not None else (jsonify(), 404)

    with on_a_port(app) as table.url:
        yield table
