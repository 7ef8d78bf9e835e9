"""/cgi-bin/draft/*: the draft box."""

from typing import Any, TypeVar

from flask import Blueprint

from simulator.api.wire import OK, ApiCall, Area
from simulator.articles import limits
from simulator.articles.box import Article, Draft
from simulator.errors import ApiError
from simulator.world import World

Row = TypeVar("Row")


def blueprint(world: World) -> Blueprint:
    """The draft endpoints."""
    area = Area("draft", world)
    area.post("/cgi-bin/draft/add", _add)
    area.post("/cgi-bin/draft/update", _update)
    area.post("/cgi-bin/draft/get", _get)
    area.post("/cgi-bin/draft/delete", _delete)
    area.post("/cgi-bin/draft/batchget", _page)
    area.get("/cgi-bin/draft/count", lambda call: {"total_count": len(call.world.drafts.newest())})
    return area.blueprint


def _add(call: ApiCall) -> dict[str, Any]:
    world = call.world
    draft = world.drafts.add(call.body.get("articles"), world.clock.now_s(), _max_title(world))
    return {"media_id": draft.media_id}


def _update(call: ApiCall) -> dict[str, Any]:
    world, body = call.world, call.body
    world.drafts.update(
        body.get("media_id"), body.get("index"), body.get("articles"), world.clock.now_s(), _max_title(world)
    )
    return OK


def _get(call: ApiCall) -> dict[str, Any]:
    return {"news_item": _items(call.world, call.world.drafts.get(call.body.get("media_id")))}


def _delete(call: ApiCall) -> dict[str, Any]:
    call.world.drafts.take(call.body.get("media_id"))
    return OK


def _page(call: ApiCall) -> dict[str, Any]:
    drafts = call.world.drafts.newest()
    shown = page_of(call, drafts)
    items = [
        {
            "media_id": draft.media_id,
            "content": {"news_item": listed(_items(call.world, draft), call)},
            "update_time": int(draft.updated_s),
        }
        for draft in shown
    ]
    return {"total_count": len(drafts), "item_count": len(items), "item": items}


def page_of(call: ApiCall, rows: list[Row]) -> list[Row]:
    """The rows `offset` and `count` ask for, at most twenty. Raises ApiError 47001."""
    offset, count = call.body.get("offset", 0), call.body.get("count", limits.MAX_PAGE)
    if not isinstance(offset, int) or not isinstance(count, int) or not 1 <= count <= limits.MAX_PAGE or offset < 0:
        raise ApiError(47001)
    return rows[offset : offset + count]


def listed(items: list[Article], call: ApiCall) -> list[Article]:
    """Articles in a list: without their text when the call does not want it."""
    if call.body.get("no_content") != 1:
        return items
    return [{name: value for name, value in item.items() if name != "content"} for item in items]


def _items(world: World, draft: Draft) -> list[Article]:
    base = world.settings.public_base
    return [
        {**article, "url": f"{base}/s?tempkey={draft.media_id}_{index}"} for index, article in enumerate(draft.articles)
    ]


def _max_title(world: World) -> int:
    return limits.LONG_TITLE if world.faults.account.long_titles else limits.MAX_TITLE
