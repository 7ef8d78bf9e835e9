"""Desk rules for supervisors: what holds, what other rules would have meant, changing them."""

from dataclasses import asdict
from typing import Any

from flask_openapi3 import APIBlueprint, Tag

from api.auth import SUPERVISORS, open_to, the_bot
from api.desks_schemas import (
    DeskChangeIn,
    DeskHistoryPage,
    DeskHistoryQuery,
    DeskOut,
    DeskPath,
    DesksPage,
    DeskVersionOut,
    WhatIfIn,
    WhatIfOut,
)
from api.schemas import Problem
from api.tracing import doer
from bot.board.replay import compare
from bot.bootstrap import Bot
from bot.desks import queries
from bot.desks.model import DeskRules, StoredRules, Thresholds
from bot.desks.service import Change
from bot.errors import InvalidInput, NotFound
from config.desks import RulesRow, is_other_desk

ERRORS: Any = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
desks = APIBlueprint("desks", __name__, url_prefix="/api/desks", abp_tags=[Tag(name="desks")])


@desks.get("", responses={200: DesksPage, 401: Problem, 403: Problem})
@open_to(SUPERVISORS)
def list_desks() -> dict[str, Any]:
    """Every desk with the rules in force, the release's own and the last change."""
    bot = the_bot()
    with bot.database.reading() as session:
        stored = queries.latest(session)
    items = [_desk(bot, desk, stored.get(desk)) for desk in bot.desk_rules]
    return DesksPage(items=items).model_dump(mode="json")


@desks.get("/<desk>/history", responses={200: DeskHistoryPage, **ERRORS})
@open_to(SUPERVISORS)
def list_changes(path: DeskPath, query: DeskHistoryQuery) -> dict[str, Any]:
    """Who changed the rules of a desk, to what and why; newest first."""
    _check_known(path.desk)
    with the_bot().database.reading() as session:
        found = queries.history(session, path.desk, query.before, query.limit)
    shown = [_version(row) for row in found[: query.limit]]
    last = shown[-1].number if len(found) > query.limit else None
    return DeskHistoryPage(items=shown, next=last).model_dump(mode="json")


@desks.put("/<desk>", responses={200: DeskOut, 409: Problem, **ERRORS})
@open_to(SUPERVISORS)
def change_desk(path: DeskPath, body: DeskChangeIn) -> dict[str, Any]:
    """Change rules and thresholds; they hold from the next look of the routing. 409 when somebody was faster."""
    bot = the_bot()
    _check_known(path.desk)
    rules = _rules(path.desk, body.rules) if body.rules else None
    thresholds = Thresholds(**body.thresholds.model_dump()) if body.thresholds else None
    row = bot.desk_settings.change(path.desk, body.seen, Change(rules, thresholds, body.reason), doer())
    return _desk(bot, path.desk, row).model_dump(mode="json")


@desks.post("/<desk>/what-if", responses={200: WhatIfOut, **ERRORS})
@open_to(SUPERVISORS)
def try_rules(path: DeskPath, body: WhatIfIn) -> dict[str, Any]:
    """Deal out the last day's arrivals by these rules and by those in force. Changes nothing."""
    bot = the_bot()
    _check_known(path.desk)
    changed = _rules(path.desk, body.rules)
    with bot.database.reading() as session:
        in_force = queries.rules_in_force(session, bot.desk_rules)
        found = compare(session, in_force, path.desk, changed, bot.clock.now())
    return WhatIfOut.model_validate(found).model_dump(mode="json")


def _check_known(desk: str) -> None:
    if desk not in the_bot().desk_rules:
        raise NotFound(desk=desk)


def _rules(desk: str, row: RulesRow) -> DeskRules:
    """Raises InvalidInput when the desk would overflow to nowhere."""
    if not is_other_desk(row.overflow_to, desk, the_bot().desk_rules):
        raise InvalidInput(places=["rules.overflow_to"])
    return DeskRules(**row.model_dump())


def _desk(bot: Bot, desk: str, row: StoredRules | None) -> DeskOut:
    default, limits = bot.desk_rules[desk], bot.desk_settings.thresholds[desk]
    return DeskOut.model_validate(
        {
            "desk": desk,
            "name": bot.content.skills[desk].name,
            "number": row.number if row else 0,
            "rules": asdict(queries.rules_of(row, default)),
            "thresholds": asdict(queries.thresholds_of(row, limits)),
            "default_rules": asdict(default),
            "default_thresholds": asdict(limits),
            "last_change": _version(row) if row else None,
        }
    )


def _version(row: StoredRules) -> DeskVersionOut:
    bot = the_bot()
    # A version of an earlier release lacks what came later: it is shown as it is understood now.
    rules = asdict(queries.rules_of(row, bot.desk_rules[row.desk])) if row.rules is not None else None
    limits = bot.desk_settings.thresholds[row.desk]
    thresholds = asdict(queries.thresholds_of(row, limits)) if row.thresholds is not None else None
    return DeskVersionOut.model_validate(
        {
            "number": row.number,
            "rules": rules,
            "thresholds": thresholds,
            "reason": row.reason,
            "changed_by": row.changed_by,
            "changed_at": row.changed_at,
        }
    )
