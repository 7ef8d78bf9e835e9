"""Pictures of chats: shown to whoever may read the chat, each look written down; and sent by the rep who has it."""

import base64
import binascii
from typing import Annotated, Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from api import handoff_views
from api.auth import DESK_ROLES, caller, open_to, the_bot
from api.bodies import takes
from api.handoff_schemas import HandoffPath, LineOut
from api.reading import check_readable, thing_of
from api.schemas import ClientKey, In, Problem
from api.tracing import doer
from bot.audit.model import Act
from bot.audit.service import note
from bot.errors import InvalidInput
from bot.handoff.model import Conversation
from bot.handoff.replies import RepMessage
from bot.messages import Picture, Reply
from bot.pictures import rules
from bot.pictures.service import IMAGE, IN_WORDS, name_of

# Base64 takes four characters for three bytes; beside it stand the key and the braces.
MAX_CHARS = (rules.MAX_BYTES + 2) // 3 * 4
MAX_BODY = MAX_CHARS + 1024
ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 422: Problem, 503: Problem}
BYTES: Any = {
    "description": "OK",
    "content": {one: {"schema": {"type": "string", "format": "binary"}} for one in rules.SUFFIXES},
}
pictures = APIBlueprint("pictures", __name__, url_prefix="/api/handoffs", abp_tags=[Tag(name="pictures")])


class PicturePath(BaseModel):
    """A line of a conversation."""

    id: Annotated[int, Field(ge=1, le=2**53)]
    line_id: Annotated[int, Field(ge=1, le=2**53)]


class PictureIn(In):
    """A picture in base64. `client_key` is the console's own id: a repeat of the same key is the same message.
    `is_last_confirmed` sends the last message there is (last_message).
    """

    client_key: ClientKey
    content: Annotated[str, Field(min_length=1, max_length=MAX_CHARS)]
    is_last_confirmed: bool = False


@pictures.get("/<int:id>/lines/<int:line_id>/picture", responses={200: BYTES, **ERRORS})
@open_to(DESK_ROLES)
def show_picture(path: PicturePath) -> Response:
    """The picture of one line. The customer's is fetched from the platform once, within three days."""
    check_readable(path.id)
    bot = the_bot()
    image = bot.pictures.show(path.id, path.line_id)
    with bot.database.transaction() as session:
        row = session.get_one(Conversation, path.id)
        note(session, bot.clock.now(), doer(), Act.PICTURE_SHOWN, thing_of(row))
    response = Response(image.content, content_type=image.media_type)
    # Nobody's cache keeps what may be an identity card; the page holds it as long as it is looked at.
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = f'inline; filename="{path.line_id}.{rules.SUFFIXES[image.media_type]}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@pictures.post("/<int:id>/pictures", responses={202: LineOut, **ERRORS, 409: Problem, 413: Problem})
@open_to(DESK_ROLES)
@takes(MAX_BODY)
def send_picture(path: HandoffPath, body: PictureIn) -> tuple[dict[str, Any], int]:
    """Send a PNG or JPEG, told by its bytes and cleaned of where and with what it was taken. Costs one message."""
    check_readable(path.id)
    bot = the_bot()
    image = rules.checked(_bytes_of(body.content))
    picture = Picture(name_of(path.id, body.client_key, image), instead="")
    words = Reply(IN_WORDS, is_ai=False, picture=picture)
    message = RepMessage(body.client_key, words, IMAGE, is_last_confirmed=body.is_last_confirmed, image=image)
    line = bot.rep_replies.send(path.id, caller().username, message)
    with bot.database.reading() as session:
        return handoff_views.lines(bot, session, [line])[0].model_dump(mode="json"), 202


def _bytes_of(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(places=["content"]) from error
