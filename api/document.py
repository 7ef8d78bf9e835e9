"""The published OpenAPI document: what flask-openapi3 makes of the views, with what it cannot know."""

from typing import Any

from flask_openapi3 import OpenAPI

from api.problems import PROBLEM_TYPE

PROBLEM = "#/components/schemas/Problem"
# Demo's name of the cookie; production binds it to host and TLS (api/auth.py), which no scheme can say.
# An id that is no number leads to no endpoint, only to the console's pages, which take no writes.
NO_SUCH_ADDRESS = {"description": "Method Not Allowed", "content": {PROBLEM_TYPE: {"schema": {"$ref": PROBLEM}}}}
SECURITY: dict[str, Any] = {"session": {"type": "apiKey", "in": "cookie", "name": "xinqiao_session"}}


def published(app: OpenAPI) -> dict[str, Any]:
    """The document of this app: errors under their own media type, endpoints under their session."""
    document: dict[str, Any] = app.api_doc
    document["components"]["securitySchemes"] = SECURITY
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "{" in path and method != "get":
                operation["responses"]["405"] = NO_SUCH_ADDRESS
            for answer in operation["responses"].values():
                _name_problem(answer)
    return document


def _name_problem(answer: dict[str, Any]) -> None:
    content = answer.get("content") or {}
    if content.get("application/json", {}).get("schema", {}).get("$ref") == PROBLEM:
        content[PROBLEM_TYPE] = content.pop("application/json")
