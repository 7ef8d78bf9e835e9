"""A customer's phone or name in clear: with a reason, written down, and only for whoever may read his chat."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy.orm import Session

from api.auth import DESK_ROLES, open_to, the_bot
from api.handoff_schemas import HandoffPath
from api.privacy_schemas import ReasonIn, UnmaskedOut, UnmaskIn
from api.reading import me, thing_of
from api.schemas import Problem
from api.tracing import doer
from bot.audit.model import Act
from bot.audit.service import Thing, note
from bot.customers.model import Follower
from bot.errors import NotFound
from bot.followups.model import Followup
from bot.handoff import scope

# Long enough to dial or to write down, short enough that no screen is left with it.
SHOWN_S = 30
ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
unmasking = APIBlueprint("unmasking", __name__, url_prefix="/api", abp_tags=[Tag(name="privacy")])


@unmasking.post("/handoffs/<int:id>/unmask", responses={200: UnmaskedOut, **ERRORS})
@open_to(DESK_ROLES)
def unmask_customer(path: HandoffPath, body: UnmaskIn) -> dict[str, Any]:
    """The phone or the name of a chat's customer, whole."""
    bot = the_bot()
    with bot.database.transaction() as session:
        row = scope.get_readable(session, path.id, me(session))
        follower = session.get_one(Follower, row.follower_id)
        value = follower.phone if body.field == "phone" else follower.contact
        return _told(session, value, thing_of(row), f"{body.field}: {body.reason}")


@unmasking.post("/followups/<int:id>/unmask", responses={200: UnmaskedOut, **ERRORS})
@open_to(DESK_ROLES)
def unmask_followup(path: HandoffPath, body: ReasonIn) -> dict[str, Any]:
    """The phone of a promise, whole, for whoever has to call."""
    bot = the_bot()
    with bot.database.transaction() as session:
        row = session.get(Followup, path.id)
        if row is None or not scope.may_call_back(row, me(session)):
            raise NotFound(followup_id=path.id)
        return _told(session, row.phone, Thing("followup", row.id, row.follower_id), f"phone: {body.reason}")


def _told(session: Session, value: str | None, thing: Thing, reason: str) -> dict[str, Any]:
    if not value:
        raise NotFound
    note(session, the_bot().clock.now(), doer(), Act.CUSTOMER_UNMASKED, thing, reason)
    return UnmaskedOut(value=value, shown_s=SHOWN_S).model_dump()
