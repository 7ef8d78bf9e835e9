"""知识库: what the bank may say, who wrote it, who approved it; and the reps' search over what is live."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import ValidationError

from api import knowledge_views
from api.auth import DESK_ROLES, REVIEWING_ROLES, WRITING_ROLES, caller, open_to, the_bot
from api.knowledge_schemas import (
    ApproveIn,
    BubbleOut,
    FindingOut,
    FlawOut,
    HitsPage,
    KnowledgeItemOut,
    KnowledgePage,
    KnowledgePath,
    KnowledgeQuery,
    KnowledgeReasonIn,
    PreviewIn,
    PreviewOut,
    SearchQuery,
    VersionIn,
    VersionOut,
    VersionPath,
)
from api.schemas import Problem
from bot.clock import local_day
from bot.compliance.secrets import mask_personal
from bot.dialogue.preview import preview
from bot.errors import NotFound
from bot.knowledge.edition import Edition, Kind
from bot.knowledge.model import KnowledgeVersion
from config.overlay import find_wording, value_of

READERS = WRITING_ROLES | REVIEWING_ROLES
READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 404: Problem, 409: Problem}
# Flaws for which there is nothing to show: a blank nobody fills.
UNSHOWABLE = frozenset({"unknown_blank", "unknown_page"})
knowledge = APIBlueprint("knowledge", __name__, url_prefix="/api/knowledge", abp_tags=[Tag(name="knowledge")])


@knowledge.get("/items", responses={200: KnowledgePage, **READ_ERRORS})
@open_to(READERS)
def list_items(query: KnowledgeQuery) -> dict[str, Any]:
    """Items by kind, state and words."""
    bot = the_bot()
    with bot.database.reading() as session:
        every = knowledge_views.listed(session, bot.knowledge.seeds)
        found = [
            row
            for row in every
            if query.kind in (None, row.edition.kind) and (query.state is None or query.state == row.state)
        ]
        if query.text.strip():
            found = knowledge_views.matching(found, query.text)
        shown = found[query.after : query.after + query.limit]
        items = knowledge_views.rows(session, bot.knowledge.seeds, shown, local_day(bot.clock.now()))
    end = query.after + query.limit
    waiting = sum(row.state == "submitted" for row in every)
    page = KnowledgePage(items=items, next=end if end < len(found) else None, total=len(found), waiting=waiting)
    return page.model_dump(mode="json")


@knowledge.get("/items/<kind>/<key>", responses={200: KnowledgeItemOut, **ERRORS})
@open_to(READERS)
def show_item(path: KnowledgePath) -> dict[str, Any]:
    """One item with its versions and its history."""
    bot = the_bot()
    with bot.database.reading() as session:
        day = local_day(bot.clock.now())
        found = knowledge_views.item(session, bot.knowledge.seeds, path.kind, path.key, day)
    if found is None:
        raise NotFound(kind=path.kind.value, key=path.key)
    return found.model_dump(mode="json")


@knowledge.put("/items/<kind>/<key>", responses={200: VersionOut, **ERRORS})
@open_to(WRITING_ROLES)
def save(path: KnowledgePath, body: VersionIn) -> dict[str, Any]:
    """Keep a draft; 409 while a version waits for the second person."""
    return _one(the_bot().knowledge.save(_edition(path.kind, path.key, body), caller().username))


@knowledge.post("/preview", responses={200: PreviewOut, **READ_ERRORS})
@open_to(READERS)
def show_preview(body: PreviewIn) -> dict[str, Any]:
    """What the follower would see, and what stands against it; nothing is kept."""
    bot = the_bot()
    edition = _edition(body.kind, body.key, body)
    flaws = [FlawOut.model_validate(flaw) for flaw in bot.knowledge.find_flaws(edition)]
    shown = PreviewOut(bubbles=[], flaws=flaws, findings=[])
    try:
        value = value_of(edition)
    except ValidationError:
        # The flaws say it already; there is nothing to show.
        return shown.model_dump(mode="json")
    shown.findings = [FindingOut.model_validate(finding) for finding in find_wording(bot.check_wording, value)]
    if UNSHOWABLE.isdisjoint(flaw.reason for flaw in flaws):
        shown.bubbles = [BubbleOut.model_validate(said) for said in preview(bot.content, value)]
    return shown.model_dump(mode="json")


@knowledge.post("/versions/<int:id>/submit", responses={200: VersionOut, **ERRORS})
@open_to(WRITING_ROLES)
def submit(path: VersionPath) -> dict[str, Any]:
    """Ask the second person to look; 422 with the flaws when it may not go live as it is."""
    return _one(the_bot().knowledge.submit(path.id, caller().username))


@knowledge.post("/versions/<int:id>/approve", responses={200: VersionOut, **ERRORS})
@open_to(REVIEWING_ROLES)
def approve(path: VersionPath, body: ApproveIn) -> dict[str, Any]:
    """The second person's yes to the words he looked at; live within a second."""
    return _one(the_bot().knowledge.approve(path.id, caller().username, body.content_hash))


@knowledge.post("/versions/<int:id>/send-back", responses={200: VersionOut, **ERRORS})
@open_to(REVIEWING_ROLES)
def send_back(path: VersionPath, body: KnowledgeReasonIn) -> dict[str, Any]:
    """The second person's no, with the reason."""
    return _one(the_bot().knowledge.send_back(path.id, caller().username, mask_personal(body.reason)))


@knowledge.post("/versions/<int:id>/roll-back", responses={200: VersionOut, **ERRORS})
@open_to(WRITING_ROLES)
def roll_back(path: VersionPath, body: KnowledgeReasonIn) -> dict[str, Any]:
    """Submit an earlier approved version anew, for the second person to approve."""
    return _one(the_bot().knowledge.roll_back(path.id, caller().username, mask_personal(body.reason)))


@knowledge.post("/versions/<int:id>/retire", responses={200: VersionOut, **ERRORS})
@open_to(READERS)
def retire(path: VersionPath, body: KnowledgeReasonIn) -> dict[str, Any]:
    """Say it no more, at once; 403 for an answer or guide of the files, whose older words would come back."""
    return _one(the_bot().knowledge.retire(path.id, caller().username, mask_personal(body.reason)))


@knowledge.post("/versions/<int:id>/discard", responses={204: None, **ERRORS})
@open_to(WRITING_ROLES)
def discard(path: VersionPath) -> Response:
    """Forget a draft."""
    the_bot().knowledge.discard(path.id, caller().username)
    return Response(status=204)


@knowledge.get("/search", responses={200: HitsPage, **READ_ERRORS})
@open_to(DESK_ROLES | READERS)
def search(query: SearchQuery) -> dict[str, Any]:
    """Live texts that fit these words."""
    found = knowledge_views.hits(the_bot().content, query.text, query.limit)
    return HitsPage(items=found).model_dump(mode="json")


def _edition(kind: Kind, key: str, body: VersionIn) -> Edition:
    return Edition(
        kind=kind,
        key=key,
        number=1,
        title=body.title,
        owner=body.owner,
        source=body.source,
        body=body.body,
        effective_from=body.effective_from,
        approved_by=caller().username,
        effective_until=body.effective_until,
        regions=tuple(body.regions),
    )


def _one(version: KnowledgeVersion) -> dict[str, Any]:
    """A version as it stands after an act; what is live is read with the whole item."""
    with the_bot().database.reading() as session:
        names = knowledge_views.names_of(session, {name for name in (version.author, version.reviewer) if name})
    return knowledge_views.version(version, names, None).model_dump(mode="json")
