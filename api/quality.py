"""质检: closed chats looked at again. Supervisors score and settle, never their own; a rep reads his and may appeal."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from api import quality_views
from api.auth import DESK_ROLES, SUPERVISORS, caller, open_to, the_bot
from api.quality_schemas import (
    AppealIn,
    CheckOut,
    CheckPath,
    ChecksPage,
    ChecksQuery,
    FormOut,
    MarksIn,
    MyChecksQuery,
    RepQualityOut,
    SettleIn,
    SummaryOut,
    SummaryQuery,
)
from api.schemas import Problem
from bot.compliance.secrets import mask_personal
from bot.errors import InvalidInput, NotFound
from bot.quality import queries
from bot.quality.model import CheckState, QualityCheck
from bot.quality.queries import Wanted
from bot.quality.service import Marks

READ_ERRORS: Any = {401: Problem, 403: Problem, 422: Problem}
ERRORS: Any = {**READ_ERRORS, 404: Problem, 409: Problem}
DONE = (CheckState.SCORED, CheckState.APPEALED, CheckState.SETTLED)
LISTS = {"to_do": (CheckState.TO_DO,), "done": DONE, "appeals": (CheckState.APPEALED,)}
LONGEST_DAYS = 366
quality = APIBlueprint("quality", __name__, url_prefix="/api/quality", abp_tags=[Tag(name="quality")])


@quality.get("/form", responses={200: FormOut, **READ_ERRORS})
@open_to(DESK_ROLES)
def show_form() -> dict[str, Any]:
    """What chats are checked for."""
    return quality_views.form(the_bot().quality_form).model_dump(mode="json")


@quality.get("/checks", responses={200: ChecksPage, **READ_ERRORS})
@open_to(SUPERVISORS)
def list_checks(query: ChecksQuery) -> dict[str, Any]:
    """Checks of others, newest first."""
    wanted = Wanted(LISTS[query.list], query.rep, caller().username, query.before)
    return _page(wanted, query.limit)


@quality.get("/mine", responses={200: ChecksPage, **READ_ERRORS})
@open_to(DESK_ROLES)
def list_my_checks(query: MyChecksQuery) -> dict[str, Any]:
    """One's own checks, once they are scored."""
    return _page(Wanted(DONE, caller().username, None, query.before), query.limit)


@quality.get("/summary", responses={200: SummaryOut, **READ_ERRORS})
@open_to(SUPERVISORS)
def show_summary(query: SummaryQuery) -> dict[str, Any]:
    """The scores of some days by rep."""
    if not 0 <= (query.last - query.first).days < LONGEST_DAYS:
        raise InvalidInput(places=["last"])
    with the_bot().database.reading() as session:
        found = queries.by_rep(session, query.first, query.last)
        names = quality_views.staff_names(session)
    items = [RepQualityOut(**vars(one), rep_name=names.get(one.rep, one.rep)) for one in found]
    return SummaryOut(first=query.first, last=query.last, items=items).model_dump(mode="json")


@quality.get("/checks/<int:id>", responses={200: CheckOut, **ERRORS})
@open_to(DESK_ROLES)
def show_check(path: CheckPath) -> dict[str, Any]:
    """One check: a supervisor sees those of others, everybody his own once it is scored."""
    with the_bot().database.reading() as session:
        found = session.get(QualityCheck, path.id)
        if found is None or not _may_see(found):
            raise NotFound(check_id=path.id)
        return quality_views.whole(the_bot(), session, found).model_dump(mode="json")


@quality.post("/checks/<int:id>/score", responses={200: CheckOut, **ERRORS})
@open_to(SUPERVISORS)
def score_check(path: CheckPath, body: MarksIn) -> dict[str, Any]:
    """Score a chat; 403 for one's own. A fatal fail alerts the supervisors. Safe to repeat."""
    return _shown(the_bot().quality.score(path.id, caller().username, _marks(body)))


@quality.post("/checks/<int:id>/seen", responses={204: None, **ERRORS})
@open_to(DESK_ROLES)
def see_check(path: CheckPath) -> Response:
    """The rep has read his check. Safe to repeat."""
    the_bot().quality.see(path.id, caller().username)
    return Response(status=204)


@quality.post("/checks/<int:id>/appeal", responses={200: CheckOut, **ERRORS})
@open_to(DESK_ROLES)
def appeal_check(path: CheckPath, body: AppealIn) -> dict[str, Any]:
    """The rep disagrees, once, while there is time."""
    return _shown(the_bot().quality.appeal(path.id, caller().username, mask_personal(body.words)))


@quality.post("/checks/<int:id>/settle", responses={200: CheckOut, **ERRORS})
@open_to(SUPERVISORS)
def settle_check(path: CheckPath, body: SettleIn) -> dict[str, Any]:
    """Decide an appeal; 403 for one's own. The day of the score is summed anew."""
    bot, marks = the_bot(), _marks(body.marks) if body.marks is not None else None
    found = bot.quality.settle(path.id, caller().username, marks, mask_personal(body.answer))
    if marks is not None and found.scored_on is not None:
        bot.rollup.roll_past(found.scored_on)
    return _shown(found)


def _page(wanted: Wanted, limit: int) -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        found = queries.page(session, wanted, limit)
        items = quality_views.rows(bot, session, found[:limit])
        counts = queries.counts(session, not_of=caller().username) if wanted.not_of else {}
    last = found[limit - 1].id if len(found) > limit else None
    return ChecksPage(items=items, next=last, counts=counts).model_dump(mode="json")


def _may_see(check: QualityCheck) -> bool:
    who = caller()
    if check.rep == who.username:
        return check.state is not CheckState.TO_DO
    return who.role in SUPERVISORS


def _marks(body: MarksIn) -> Marks:
    reasons = {name: mask_personal(words) for name, words in body.reasons.items()}
    return Marks(body.marks, reasons, mask_personal(body.comment))


def _shown(check: QualityCheck) -> dict[str, Any]:
    bot = the_bot()
    with bot.database.reading() as session:
        return quality_views.whole(bot, session, check).model_dump(mode="json")
