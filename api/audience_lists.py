"""名单导入: a branch's list in parts, its columns, a dry run with a verdict on every row, one commit."""

import base64
import binascii
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from sqlalchemy.orm import Session

from api import audience_views
from api.audience_export import as_csv, as_xlsx
from api.audience_lists_schemas import (
    MAX_PART_CHARS,
    ColumnsIn,
    ColumnTargetsOut,
    ListDetailsOut,
    ListIn,
    ListOut,
    ListPage,
    ListPath,
    ListQuery,
    ListRowPage,
    ListRowQuery,
    PartIn,
    PartPath,
    VerdictsQuery,
)
from api.audience_schemas import FieldChoiceOut
from api.auth import LIST_READERS, LIST_WRITERS, caller, open_to, the_bot
from api.bodies import takes
from api.cursors import cursor_of, parts_of
from api.schemas import Problem
from api.tracing import doer
from bot.audience import queries
from bot.audience.catalogue import get_traits
from bot.audience.columns import CONTACT, FIRM_ID, FIRM_NAME, OPENID, PHONE
from bot.audience.files import MAX_BYTES
from bot.audience.lists import KIND, PART_BYTES, NewList, get_list
from bot.audience.model import HEAD_OFFICE, AudienceList
from bot.audit.model import Act
from bot.audit.service import Thing, note
from bot.errors import InvalidInput, NotAllowed
from bot.staff.model import Role, StaffMember
from bot.staff.service import staffed_branches

READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 404: Problem, 409: Problem}
FILES: Any = {
    "description": "OK",
    "content": {
        kind: {"schema": {"type": "string", "format": "binary"}}
        for kind in ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    },
}
IDENTITY_LABELS = {
    FIRM_NAME: "企业名称",
    PHONE: "手机号码",
    FIRM_ID: "企业编号",
    OPENID: "微信标识",
    CONTACT: "联系人",
}
audience_lists = APIBlueprint("audience_lists", __name__, url_prefix="/api/audience", abp_tags=[Tag(name="audience")])


@audience_lists.get("/columns", responses={200: ColumnTargetsOut, **READ_ERRORS})
@open_to(LIST_READERS)
def list_targets() -> dict[str, Any]:
    """What columns may be, and for which branches the signed-in person may import."""
    bot, own = the_bot(), _own_branch()
    with bot.database.reading() as session:
        branches = [HEAD_OFFICE, *sorted(_branches(session))] if own is None else [own]
    found = ColumnTargetsOut(
        identities=[FieldChoiceOut(id=one, label=label) for one, label in IDENTITY_LABELS.items()],
        traits=[FieldChoiceOut(id=one.key, label=one.label) for one in get_traits().values()],
        branches=branches,
        part_bytes=PART_BYTES,
        max_bytes=MAX_BYTES,
    )
    return found.model_dump(mode="json")


@audience_lists.get("/lists", responses={200: ListPage, **READ_ERRORS})
@open_to(LIST_READERS)
def list_lists(query: ListQuery) -> dict[str, Any]:
    """Lists, the newest first; a person of a branch finds its own."""
    bot = the_bot()
    with bot.database.reading() as session:
        rows = queries.lists(session, _own_branch(), query.after, query.limit)
    items = [audience_views.one_list(row, bot.clock.now()) for row in rows]
    more = rows[-1].id if len(rows) == query.limit else None
    return ListPage(items=items, next=more).model_dump(mode="json")


@audience_lists.post("/lists", responses={201: ListOut, **READ_ERRORS})
@open_to(LIST_WRITERS)
def begin_list(body: ListIn) -> tuple[dict[str, Any], int]:
    """Say what a list is for, before its file comes; 403 for another branch's."""
    if _own_branch() not in (None, body.branch):
        raise NotAllowed(reason="other_branch")
    new = NewList(body.name, body.purpose, body.basis, body.branch, body.expires_on, body.file_name, body.size)
    return _shown(the_bot().lists.begin(new, doer())), 201


@audience_lists.get("/lists/<int:id>", responses={200: ListDetailsOut, **ERRORS})
@open_to(LIST_READERS)
def show_list(path: ListPath) -> dict[str, Any]:
    """How far a list has come, with the first rows of its file."""
    bot = the_bot()
    with bot.database.reading() as session:
        row = get_list(session, path.id, _own_branch())
        shown = audience_views.one_list(row, bot.clock.now())
        look = audience_views.looked_at(row)
    return ListDetailsOut(**shown.model_dump(), look=look).model_dump(mode="json")


@audience_lists.put("/lists/<int:id>/parts/<int:number>", responses={200: ListOut, **ERRORS, 413: Problem})
@open_to(LIST_WRITERS)
@takes(MAX_PART_CHARS + 1024)
def add_part(path: PartPath, body: PartIn) -> dict[str, Any]:
    """Keep a piece of the file; the same piece again replaces it."""
    try:
        content = base64.b64decode(body.content, validate=True)
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(places=["content"]) from error
    return _shown(the_bot().lists.add_part(path.id, _own_branch(), path.number, content))


@audience_lists.post("/lists/<int:id>/uploaded", responses={200: ListOut, **ERRORS})
@open_to(LIST_WRITERS)
def finish_upload(path: ListPath) -> dict[str, Any]:
    """All parts are there; 409 when the very same file is live already."""
    return _shown(the_bot().lists.finish_upload(path.id, _own_branch()))


@audience_lists.post("/lists/<int:id>/columns", responses={200: ListOut, **ERRORS})
@open_to(LIST_WRITERS)
def choose_columns(path: ListPath, body: ColumnsIn) -> dict[str, Any]:
    """Say what the columns are and start the dry run."""
    return _shown(the_bot().lists.choose_columns(path.id, _own_branch(), body.mapping, body.data_as_of))


@audience_lists.post("/lists/<int:id>/commit", responses={200: ListOut, **ERRORS})
@open_to(LIST_WRITERS)
def commit_list(path: ListPath) -> dict[str, Any]:
    """The list holds its followers from now on, all at once."""
    return _shown(the_bot().lists.commit(path.id, _own_branch(), doer()))


@audience_lists.post("/lists/<int:id>/cancel", responses={200: ListOut, **ERRORS})
@open_to(LIST_WRITERS)
def cancel_list(path: ListPath) -> dict[str, Any]:
    """Give up a list that is not live yet."""
    return _shown(the_bot().lists.cancel(path.id, _own_branch(), doer()))


@audience_lists.post("/lists/<int:id>/end", responses={200: ListOut, **ERRORS})
@open_to(LIST_WRITERS)
def end_list(path: ListPath) -> dict[str, Any]:
    """A live list holds nobody from now on."""
    return _shown(the_bot().lists.end(path.id, _own_branch(), doer()))


@audience_lists.get("/lists/<int:id>/rows", responses={200: ListRowPage, **ERRORS})
@open_to(LIST_READERS)
def list_rows(path: ListPath, query: ListRowQuery) -> dict[str, Any]:
    """Rows with their verdicts, in the file's order."""
    row, own_id = parts_of(query.cursor, int, int) if query.cursor else (0, 0)
    with the_bot().database.reading() as session:
        get_list(session, path.id, _own_branch())
        found = queries.rows(session, path.id, query.verdict, (row, own_id), query.limit)
    more = cursor_of(found[-1].row, found[-1].id) if len(found) == query.limit else None
    return ListRowPage(items=[audience_views.list_row(one) for one in found], next=more).model_dump(mode="json")


@audience_lists.get("/lists/<int:id>/verdicts", responses={200: FILES, **ERRORS})
@open_to(LIST_READERS)
def export_verdicts(path: ListPath, query: VerdictsQuery) -> Response:
    """Every row's verdict as a file, masked; the export is audited."""
    bot = the_bot()
    with bot.database.transaction() as session:
        row = get_list(session, path.id, _own_branch())
        note(session, bot.clock.now(), doer(), Act.LIST_EXPORTED, Thing(KIND, row.id))
    return as_csv(bot, row) if query.kind == "csv" else as_xlsx(bot, row)


def _branches(session: Session) -> set[str]:
    """Those somebody works at, and those of our customers."""
    return {*staffed_branches(session), *queries.branches(session)}


def _own_branch() -> str | None:
    """The branch a person of a branch works for; None for everybody else. Raises NotAllowed for one without."""
    if caller().role is not Role.BRANCH:
        return None
    with the_bot().database.reading() as session:
        branch = session.get_one(StaffMember, caller().username).branch
    if branch is None:
        raise NotAllowed(reason="no_branch")
    return branch


def _shown(row: AudienceList) -> dict[str, Any]:
    return audience_views.one_list(row, the_bot().clock.now()).model_dump(mode="json")
