"""客群: segments by rule, counted while they are written, with a masked sample and why a follower is in or not."""

from typing import Any

from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy import select

from api import audience_views
from api.audience_schemas import (
    AskedOut,
    AskedPage,
    AskedQuery,
    BecauseOut,
    BecausePage,
    BecausePath,
    FieldsOut,
    LookOut,
    PeopleQuery,
    RuleFlawOut,
    RuleIn,
    SampleOut,
    SegmentChangeIn,
    SegmentIn,
    SegmentOut,
    SegmentPage,
    SegmentPath,
    SegmentQuery,
)
from api.auth import AUDIENCE_READERS, AUDIENCE_WRITERS, open_to, the_bot
from api.schemas import Problem
from api.tracing import doer
from bot.audience import queries, selecting
from bot.audience.catalogue import get_fields
from bot.audience.model import Segment
from bot.audience.rules import Node, in_words, is_profiling, read_rule
from bot.audience.segments import KIND, SegmentDraft, find_unknown
from bot.audit.model import Act
from bot.audit.service import Thing, note
from bot.clock import local_day
from bot.customers.model import Follower
from bot.customers.searching import matches
from bot.errors import UnfitRule

READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 404: Problem, 409: Problem}
PEOPLE = 8
audience = APIBlueprint("audience", __name__, url_prefix="/api/audience", abp_tags=[Tag(name="audience")])


@audience.get("/fields", responses={200: FieldsOut, **READ_ERRORS})
@open_to(AUDIENCE_READERS)
def list_fields() -> dict[str, Any]:
    """What a rule may ask, with all that may be chosen now."""
    bot = the_bot()
    with bot.database.reading() as session:
        return FieldsOut(items=audience_views.fields(session, bot.clock.now())).model_dump(mode="json")


@audience.post("/look", responses={200: LookOut, **READ_ERRORS})
@open_to(AUDIENCE_READERS)
def look(body: RuleIn) -> dict[str, Any]:
    """A rule in words, what is wrong with it, and how many it holds now; nothing is kept."""
    bot = the_bot()
    node, flaws = read_rule(body.rule, get_fields())
    found = LookOut(flaws=[], words=None, size=None, reachable=None, is_profiling=False)
    with bot.database.reading() as session:
        flaws = flaws or find_unknown(session, node, None)
        if node is None or flaws:
            found.flaws = [RuleFlawOut.model_validate(flaw) for flaw in flaws]
            return found.model_dump(mode="json")
        found.words = in_words(node, selecting.names_in(session, node))
        found.is_profiling = is_profiling(node)
        condition = selecting.matching(session, node, bot.clock.now())
        found.size, found.reachable = selecting.how_many(session, condition)
    return found.model_dump(mode="json")


@audience.post("/sample", responses={200: SampleOut, **READ_ERRORS})
@open_to(AUDIENCE_READERS)
def show_sample(body: RuleIn) -> dict[str, Any]:
    """Twenty of those a rule holds, masked, the same ones each time. Raises 422 for a rule with a flaw."""
    bot = the_bot()
    node = _sound(body.rule)
    with bot.database.reading() as session:
        rows = selecting.sample(session, selecting.matching(session, node, bot.clock.now()))
    return SampleOut(items=[audience_views.follower(row) for row in rows]).model_dump(mode="json")


@audience.get("/asked", responses={200: AskedPage, **READ_ERRORS})
@open_to(AUDIENCE_READERS)
def list_asked(query: AskedQuery) -> dict[str, Any]:
    """What customers asked lately, to make a segment of."""
    bot = the_bot()
    labels = get_fields()["asked"].choices
    with bot.database.reading() as session:
        found = queries.asked_lately(session, bot.clock.now(), query.days)
    items = [AskedOut(intent=one, label=labels[one], followers=count) for one, count in found if one in labels]
    return AskedPage(items=items).model_dump(mode="json")


@audience.get("/followers", responses={200: SampleOut, **READ_ERRORS})
@open_to(AUDIENCE_READERS)
def find_people(query: PeopleQuery) -> dict[str, Any]:
    """Followers to ask about, masked; a few are enough to choose from."""
    bot = the_bot()
    with bot.database.reading() as session:
        found = session.scalars(select(Follower).where(matches(query.text)).order_by(Follower.id).limit(PEOPLE)).all()
    return SampleOut(items=[audience_views.follower(row) for row in found]).model_dump(mode="json")


@audience.get("/segments", responses={200: SegmentPage, **READ_ERRORS})
@open_to(AUDIENCE_READERS)
def list_segments(query: SegmentQuery) -> dict[str, Any]:
    """Segments, the newest first, as last counted."""
    bot = the_bot()
    with bot.database.reading() as session:
        rows = queries.segments(session, query.after, query.limit)
        items = audience_views.segments(session, rows, local_day(bot.clock.now()))
    more = rows[-1].id if len(rows) == query.limit else None
    return SegmentPage(items=items, next=more).model_dump(mode="json")


@audience.post("/segments", responses={201: SegmentOut, **READ_ERRORS})
@open_to(AUDIENCE_WRITERS)
def create_segment(body: SegmentIn) -> tuple[dict[str, Any], int]:
    """Keep a segment; 422 with the flaws of its rule."""
    draft = SegmentDraft(body.name, body.rule, body.expires_on)
    return _shown(the_bot().segments.create(draft, doer())), 201


@audience.get("/segments/<int:id>", responses={200: SegmentOut, **ERRORS})
@open_to(AUDIENCE_READERS)
def show_segment(path: SegmentPath) -> dict[str, Any]:
    """One segment, as last counted."""
    with the_bot().database.reading() as session:
        return _shown(selecting.get_segment(session, path.id))


@audience.put("/segments/<int:id>", responses={200: SegmentOut, **ERRORS})
@open_to(AUDIENCE_WRITERS)
def change_segment(path: SegmentPath, body: SegmentChangeIn) -> dict[str, Any]:
    """Change the version that was looked at; 409 when somebody else did, 403 for one of the release."""
    draft = SegmentDraft(body.name, body.rule, body.expires_on)
    return _shown(the_bot().segments.change(path.id, body.version, draft, doer()))


@audience.post("/segments/<int:id>/retire", responses={200: SegmentOut, **ERRORS})
@open_to(AUDIENCE_WRITERS)
def retire_segment(path: SegmentPath) -> dict[str, Any]:
    """Take it off the list; what refers to it goes on as before."""
    return _shown(the_bot().segments.retire(path.id, doer()))


@audience.post("/segments/<int:id>/count", responses={200: SegmentOut, **ERRORS})
@open_to(AUDIENCE_READERS)
def count_segment(path: SegmentPath) -> dict[str, Any]:
    """Count whom it holds now."""
    return _shown(the_bot().segments.count(path.id))


@audience.get("/segments/<int:id>/because/<int:follower_id>", responses={200: BecausePage, **ERRORS})
@open_to(AUDIENCE_READERS)
def explain(path: BecausePath) -> dict[str, Any]:
    """Whether a follower is in a segment and how each condition stands for him; the look is audited."""
    bot = the_bot()
    now = bot.clock.now()
    with bot.database.reading() as session:
        told = selecting.because(session, path.id, path.follower_id, now)
        held = selecting.who(session, path.id, now)
        is_in = session.scalar(select(Follower.id).where(Follower.id == path.follower_id, held)) is not None
        follower = audience_views.follower(session.get_one(Follower, path.follower_id))
    with bot.database.transaction() as session:
        note(session, now, doer(), Act.SEGMENT_ASKED, Thing(KIND, path.id, path.follower_id))
    items = [BecauseOut.model_validate(one) for one in told]
    return BecausePage(is_in=is_in, follower=follower, items=items).model_dump(mode="json")


def _sound(rule: dict[str, Any]) -> Node:
    node, flaws = read_rule(rule, get_fields())
    if node is None:
        raise UnfitRule(flaws=[{"path": flaw.path, "text": flaw.text} for flaw in flaws])
    return node


def _shown(row: Segment) -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        (found,) = audience_views.segments(session, [row], local_day(bot.clock.now()))
    return found.model_dump(mode="json")
