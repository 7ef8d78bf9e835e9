"""The published OpenAPI document: what flask-openapi3 makes of the views, with the two things it cannot know."""

from typing import Any

from flask_openapi3 import OpenAPI

from api.problems import PROBLEM_TYPE

PROBLEM = "#/components/schemas/Problem"
# Demo's name of the cookie; production binds it to host and TLS (api/auth.py), which no scheme can say.
SECURITY: dict[str, Any] = {"session": {"type": "apiKey", "in": "cookie", "name": "xinqiao_session"}}


def published(app: OpenAPI) -> dict[str, Any]:
    """The document of this app: errors under their own media type, endpoints under their session."""
    document: dict[str, Any] = app.api_doc
    document["components"]["securitySchemes"] = SECURITY
    for methods in document["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                _name_problem(answer)
    return document


def _name_problem(answer: dict[str, Any]) -> None:
    content = answer.get("content") or {}
    if content.get("application/json", {}).get("schema", {}).get("$ref") == PROBLEM:
        content[PROBLEM_TYPE] = content.pop("application/json")
