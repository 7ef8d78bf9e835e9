"""/cgi-bin/freepublish/*: a page for an article, and nobody is told. Jobs end by the virtual clock."""

import secrets
from typing import Any

from flask import Blueprint

from simulator.api.draft import listed, page_of
from simulator.api.wire import OK, ApiCall, Area
from simulator.articles.newsstand import Kind
from simulator.articles.publication import DELETED, Publication
from simulator.errors import ApiError
from simulator.mass.running import report
from simulator.push.fields import event
from simulator.push.xml import Field
from simulator.world import World

PUBLISHED = 0


def blueprint(world: World) -> Blueprint:
    """The publishing endpoints."""
    area = Area("publish", world)
    area.post("/cgi-bin/freepublish/submit", _submit)
    area.post("/cgi-bin/freepublish/get", _get)
    area.post("/cgi-bin/freepublish/delete", _delete)
    area.post("/cgi-bin/freepublish/getarticle", _article)
    area.post("/cgi-bin/freepublish/batchget", _page)
    return area.blueprint


def _submit(call: ApiCall) -> dict[str, Any]:
    world = call.world
    draft, now_s = world.drafts.take(call.body.get("media_id")), world.clock.now_s()
    publication = Publication(
        str(world.next_message_id()), secrets.token_urlsafe(48), world.next_data_id(), draft.articles, now_s
    )
    world.publications[publication.publish_id] = publication
    ends_s = now_s + world.faults.account.publish_s
    world.later.at(ends_s, lambda: _end(world, publication, ends_s))
    return {**OK, "publish_id": publication.publish_id, "msg_data_id": publication.data_id}


def _get(call: ApiCall) -> dict[str, Any]:
    publication = call.world.publications.get(str(call.body.get("publish_id")))
    if publication is None:
        raise ApiError(53600)
    answer: dict[str, Any] = {
        "publish_id": publication.publish_id, "publish_status": publication.status, "fail_idx": _failed(publication)
    }  # fmt: skip
    if publication.posts:
        items = [{"idx": post.idx, "article_url": post.url} for post in publication.posts]
        detail = {"count": len(items), "item": items}
        answer |= {"article_id": _article_id(call.world, publication), "article_detail": detail}
    return answer


def _delete(call: ApiCall) -> dict[str, Any]:
    publication, index = _find(call), call.body.get("index", 0)
    if isinstance(index, bool) or not isinstance(index, int):
        raise ApiError(40114)
    call.world.newsstand.kill(publication.data_id, index)
    if all(post.is_dead for post in publication.posts):
        publication.status = DELETED
    return OK


def _article(call: ApiCall) -> dict[str, Any]:
    posts = _find(call).posts
    return {"news_item": [{**post.article, "url": post.url, "is_deleted": post.is_dead} for post in posts]}


def _page(call: ApiCall) -> dict[str, Any]:
    published = [publication for publication in call.world.publications.values() if publication.posts]
    published.sort(key=lambda publication: -publication.updated_s)
    items = [
        {
            "article_id": publication.article_id,
            "content": {
                "news_item": listed(
                    [{**p.article, "url": p.url, "is_deleted": p.is_dead} for p in publication.posts], call
                )
            },
            "update_time": int(publication.updated_s),
        }
        for publication in page_of(call, published)
    ]
    return {"total_count": len(published), "item_count": len(items), "item": items}


def _find(call: ApiCall) -> Publication:
    wanted = "".join(str(call.body.get("article_id")).split())
    for publication in call.world.publications.values():
        if publication.article_id == wanted and publication.posts:
            return publication
    raise ApiError(53600)


def _end(world: World, publication: Publication, ended_s: float) -> None:
    with world.lock:
        publication.status = world.faults.account.publish_status
        if publication.status == PUBLISHED:
            publication.posts = world.newsstand.put_up(publication.data_id, publication.articles, Kind.PUBLISHED)
            first = publication.posts[0]
            # From now on it can be sent as a card in a chat.
            world.articles[publication.article_id] = {
                "title": first.article["title"],
                "description": first.article["digest"],
                "url": first.url,
                "picurl": first.article["thumb_url"],
            }
        faults = world.faults.receipts
        if world.rng.random() < faults.lose:
            return
        due_s = ended_s + world.rng.uniform(0, faults.delay_s)
        for _ in range(2 if world.rng.random() < faults.twice else 1):
            world.later.at(due_s, lambda: report(world, _receipt(world, publication)))


def _receipt(world: World, publication: Publication) -> list[Field]:
    with world.lock:
        info: list[Field] = [("publish_id", publication.publish_id), ("publish_status", publication.status)]
        if publication.posts:
            items: list[Field] = [("item", [("idx", p.idx), ("article_url", p.url)]) for p in publication.posts]
            info.append(("article_id", _article_id(world, publication)))
            info.append(("article_detail", [("count", len(items)), *items]))
        info += [("fail_idx", index) for index in _failed(publication)]
        return event(world, world.helper, "PUBLISHJOBFINISH", [("PublishEventInfo", info)])


def _failed(publication: Publication) -> list[int]:
    is_failed = publication.status in (2, 3, 4)
    return [index for index, _ in enumerate(publication.articles, 1)] if is_failed else []


def _article_id(world: World, publication: Publication) -> str:
    article_id = publication.article_id
    return f"{article_id[:30]}\n{article_id[30:]}" if world.faults.account.breaks_article_id else article_id
