"""What a rep picks from: canned replies and approved cards, colleagues and desks."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from api.auth import DESK_ROLES, open_to, the_bot
from api.handoff_schemas import CannedOut, CannedPage
from api.schemas import Problem, RepOut, RepsPage
from bot.dialogue.cards import all_cards
from bot.handoff import queries
from bot.handoff.capacity import weights

lists = APIBlueprint("lists", __name__, url_prefix="/api", abp_tags=[Tag(name="lists")])


@lists.get("/canned", responses={200: CannedPage, 401: Problem, 403: Problem})
@open_to(DESK_ROLES)
def list_canned() -> dict[str, Any]:
    """Canned replies, product cards and step guides."""
    content = the_bot().content
    texts = [
        CannedOut(id=item.id, title=item.title, text=item.text, kind="text", keywords=list(item.keywords))
        for item in content.canned
    ]
    cards = [
        CannedOut(id=card.id, title=card.title, text=card.reply.text, kind=card.kind, keywords=list(card.keywords))
        for card in all_cards(content)
    ]
    return CannedPage(items=[*texts, *cards]).model_dump(mode="json")


@lists.get("/reps", responses={200: RepsPage, 401: Problem, 403: Problem})
@open_to(DESK_ROLES)
def list_reps() -> dict[str, Any]:
    """Colleagues and desks a chat can be handed to."""
    bot = the_bot()
    with bot.database.reading() as session:
        loads = weights(session, bot.clock.now())
        reps = [
            RepOut(
                username=rep.username,
                display_name=rep.display_name,
                skills=rep.skills,
                status=rep.status,
                load=loads.get(rep.username, 0),
                capacity=rep.capacity,
            )
            for rep in queries.desk_staff(session)
        ]
    skills = [(skill.id, skill.name) for skill in bot.content.skills.values()]
    return RepsPage(items=reps, skills=skills).model_dump(mode="json")
