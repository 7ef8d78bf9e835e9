"""How every API of the simulator writes JSON."""

import json
from typing import Any

from flask import Response

JSON_TYPE = "application/json; encoding=utf-8"


def json_response(reply: dict[str, Any]) -> Response:
    """A JSON body with Chinese as it is, HTTP 200."""
    return Response(json.dumps(reply, ensure_ascii=False), content_type=JSON_TYPE)
