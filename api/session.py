"""Signing in and out, and what a rep says about being free."""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, make_response, request
from flask_openapi3 import APIBlueprint, Tag

from api import auth
from api.auth import ANYBODY, EVERY_ROLE, caller, open_to, the_bot
from api.events_schemas import ViewingIn
from api.reading import me
from api.schemas import Me, Problem, SessionOut, SignIn, StatusIn
from bot.handoff import scope
from bot.ports import Viewing
from bot.staff.model import StaffMember

TAG = Tag(name="session")


def make_session_api(limit: Callable[[Any], Any]) -> APIBlueprint:
    """The area; `limit` is the rate limit of signing in."""
    area = APIBlueprint("session", __name__, url_prefix="/api", abp_tags=[TAG])

    @area.post("/session", responses={200: SessionOut, 401: Problem, 422: Problem, 429: Problem})
    @open_to(ANYBODY)
    @limit
    def start_session(body: SignIn) -> Response:
        """Sign in; sets the session cookie."""
        bot = the_bot()
        token, row, person = auth.sign_in(bot, body.username, body.password)
        response = make_response(jsonify(_session(row.csrf_token, person)))
        name, secure = auth.cookie_name(bot), bot.settings.is_production
        response.set_cookie(name, token, httponly=True, secure=secure, samesite="Strict", path="/")
        return response

    @area.get("/session", responses={200: SessionOut, 401: Problem})
    @open_to(EVERY_ROLE)
    def show_session() -> dict[str, Any]:
        """Who is signed in."""
        return _session(caller().csrf_token, _person(caller().username))

    @area.delete("/session", responses={204: None, 401: Problem, 403: Problem})
    @open_to(EVERY_ROLE)
    def end_session() -> Response:
        """Sign out."""
        auth.sign_out(the_bot(), caller().token_hash)
        response = Response(status=204)
        response.delete_cookie(auth.cookie_name(the_bot()), path="/")
        return response

    @area.put("/me/status", responses={200: Me, 401: Problem, 403: Problem, 422: Problem})
    @open_to(auth.DESK_ROLES)
    def set_status(body: StatusIn) -> dict[str, Any]:
        """Say whether chats may be offered."""
        the_bot().desk.set_status(caller().username, body.status)
        return Me.model_validate(_person(caller().username)).model_dump(mode="json")

    @area.post("/me/heartbeat", responses={204: None, 401: Problem, 403: Problem})
    @open_to(auth.DESK_ROLES, is_activity=False)
    def beat() -> Response:
        """The screen is alive; every 15 seconds."""
        the_bot().desk.routing.beat(caller().username)
        return Response(status=204)

    @area.put("/me/viewing", responses={204: None, 401: Problem, 403: Problem, 404: Problem, 422: Problem})
    @open_to(auth.DESK_ROLES, is_activity=False)
    def set_viewing(body: ViewingIn) -> Response:
        """What one has open, told when it changes and every 15 seconds; others who have it open see it."""
        viewing = None
        if body.handoff_id is not None:
            with the_bot().database.reading() as session:
                scope.get_readable(session, body.handoff_id, me(session))
            viewing = Viewing(body.handoff_id, body.is_typing)
        the_bot().viewed.look(caller().username, viewing)
        return Response(status=204)

    return area


def account_tried() -> str:
    """The account a sign-in names, as the key of its limit. Hashed: people type passwords into the name's field."""
    body = request.get_json(silent=True)
    name = str(body.get("username", "")) if isinstance(body, dict) else ""
    return f"account:{hashlib.sha256(name.encode()).hexdigest()}"


def _person(username: str) -> StaffMember:
    with the_bot().database.reading() as session:
        return session.get_one(StaffMember, username)


def _session(csrf_token: str, person: StaffMember) -> dict[str, Any]:
    return SessionOut(csrf_token=csrf_token, user=Me.model_validate(person)).model_dump(mode="json")
