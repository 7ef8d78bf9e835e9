"""What helps a rep to answer: suggested answers, what may be told this customer, his step in a guide, words checked."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api import handoff_views, suggestions_views
from api.auth import DESK_ROLES, caller, open_to, the_bot
from api.handoff_schemas import HandoffPath, LineOut
from api.knowledge_schemas import FindingOut
from api.reading import check_readable
from api.schemas import Problem
from api.suggestions_schemas import (
    GuidesOut,
    GuideStepIn,
    LookedUpPage,
    LookUpQuery,
    SuggestionOut,
    SuggestionsOut,
    SuggestionUseIn,
    WordingIn,
    WordingOut,
)
from bot.clock import local_day
from bot.dialogue.cards import render_step
from bot.handoff.replies import GuideStep, RepMessage
from bot.suggesting import looking_up
from bot.suggesting.service import Feedback

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
SENDING: Any = {**ERRORS, 409: Problem}
suggestions = APIBlueprint("suggestions", __name__, url_prefix="/api", abp_tags=[Tag(name="suggestions")])


@suggestions.get("/handoffs/<int:id>/suggestions", responses={200: SuggestionsOut, **ERRORS})
@open_to(DESK_ROLES, is_activity=False)
def list_suggestions(path: HandoffPath) -> dict[str, Any]:
    """The best three approved answers to what the customer has just said."""
    check_readable(path.id)
    found = the_bot().suggestions.of(path.id)
    items = [SuggestionOut.model_validate(one) for one in found.items]
    page = SuggestionsOut(line_id=found.line_id, by=found.by, risk=found.risk, items=items)
    return page.model_dump(mode="json")


@suggestions.post("/handoffs/<int:id>/suggestions/uses", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def note_suggestion_use(path: HandoffPath, body: SuggestionUseIn) -> Response:
    """Tell what became of a suggestion: sent as it stood, sent changed, or put away. Safe to repeat."""
    check_readable(path.id)
    told = Feedback(body.line_id, body.source, body.version, body.place, body.by, body.use)
    the_bot().suggestions.note_use(path.id, caller().username, told)
    return Response(status=204)


@suggestions.get("/handoffs/<int:id>/knowledge", responses={200: LookedUpPage, **ERRORS})
@open_to(DESK_ROLES)
def look_up(path: HandoffPath, query: LookUpQuery) -> dict[str, Any]:
    """What may be told this customer, in his region and on this day; products with whether they suit him."""
    check_readable(path.id)
    bot = the_bot()
    content, session = suggestions_views.chat_content(bot, path.id)
    found = looking_up.look_up(content, session, query.text, query.kind, local_day(bot.clock.now()))
    risk = bot.suggestions.risk_of(path.id)
    return LookedUpPage(items=[suggestions_views.looked_up(one, risk) for one in found]).model_dump(mode="json")


@suggestions.get("/handoffs/<int:id>/guide", responses={200: GuidesOut, **ERRORS})
@open_to(DESK_ROLES, is_activity=False)
def show_guide(path: HandoffPath) -> dict[str, Any]:
    """The guide the customer is led through, with his step; and those that could be started."""
    check_readable(path.id)
    content, session = suggestions_views.chat_content(the_bot(), path.id)
    return suggestions_views.guides(content, looking_up.guide_at(content, session)).model_dump(mode="json")


@suggestions.post("/handoffs/<int:id>/guide", responses={202: LineOut, **SENDING})
@open_to(DESK_ROLES)
def send_guide_step(path: HandoffPath, body: GuideStepIn) -> tuple[dict[str, Any], int]:
    """Send one step of a guide; from there the customer goes on. The same client_key again is the same message."""
    check_readable(path.id)
    bot = the_bot()
    content, _ = suggestions_views.chat_content(bot, path.id)
    card = render_step(content, body.guide, body.step)
    step = GuideStep(body.guide, body.step, f"{card.title} 第{body.step}步")
    detail = {"card": card.id, "step": body.step}
    is_last_confirmed = body.is_last_confirmed
    message = RepMessage(body.client_key, card.reply, card.kind, detail, is_last_confirmed=is_last_confirmed, step=step)
    line = bot.rep_replies.send(path.id, caller().username, message)
    with bot.database.reading() as session:
        return handoff_views.lines(bot, session, [line])[0].model_dump(mode="json"), 202


@suggestions.post("/wording/check", responses={200: WordingOut, 401: Problem, 403: Problem, 422: Problem})
@open_to(DESK_ROLES)
def check_wording(body: WordingIn) -> dict[str, Any]:
    """What would stand against these words on their way out; asked while a rep writes, nothing is kept."""
    findings = [FindingOut.model_validate(one) for one in the_bot().check_wording(body.text)]
    return WordingOut(findings=findings).model_dump(mode="json")
