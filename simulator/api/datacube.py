"""/datacube/*: figures of articles and followers, ready at eight in the morning for the days up to yesterday.

Articles: the four calls of 2025-11, and the two before them where the account still has them.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint

from simulator.api.wire import ApiCall, Area
from simulator.articles.newsstand import Kind, Post
from simulator.errors import ApiError
from simulator.world import World

READY_HOUR = 8
DETAIL_DAYS = 30
OLD_DETAIL_DAYS = 7
# The calls before 2025-11 leave out what fewer than three people did.
OLD_LEAST = 3
EVERYWHERE = "全部"
FROM_MESSAGE = "公众号消息"
SOURCES = {"ADD_SCENE_SEARCH": 1, "ADD_SCENE_QR_CODE": 30}
Rows = list[dict[str, Any]]


def blueprint(world: World) -> Blueprint:
    """The figures."""
    area = Area("datacube", world)
    new = (
        ("getarticleread", 1, _reads), ("getarticleshare", 1, _shares), ("getbizsummary", 30, _summary),
        ("getarticletotaldetail", 1, _details),
    )  # fmt: skip
    for name, days, rows in new:
        area.post(f"/datacube/{name}", _article_call(days, rows, is_old=False))
    for name, rows in (("getarticlesummary", _old_summary), ("getarticletotal", _old_total)):
        area.post(f"/datacube/{name}", _article_call(1, rows, is_old=True))
    area.post("/datacube/getusersummary", lambda call: {"list": _follows(call.world, _span(call, 7))})
    return area.blueprint


def _article_call(
    days: int, rows: Callable[[World, list[str]], Rows], *, is_old: bool
) -> Callable[[ApiCall], dict[str, Any]]:
    def answer(call: ApiCall) -> dict[str, Any]:
        account = call.world.faults.account
        if account.no_datacube or (is_old and not account.old_datacube):
            raise ApiError(48001)
        found = rows(call.world, _span(call, days))
        return {"list": found} if is_old else {"list": found, "is_delay": account.figures_late}

    return answer


def _span(call: ApiCall, most: int) -> list[str]:
    """The days asked for. Raises ApiError 61500, 61501, 61503."""
    try:
        begin, end = (date.fromisoformat(str(call.body.get(name))) for name in ("begin_date", "end_date"))
    except ValueError as error:
        raise ApiError(61500) from error
    now = call.world.clock.beijing()
    if end < begin or (end - begin).days >= most or end >= now.date():
        raise ApiError(61501)
    if end == now.date() - timedelta(days=1) and now.hour < READY_HOUR:
        raise ApiError(61503)
    return [(begin + timedelta(days=number)).isoformat() for number in range((end - begin).days + 1)]


def _reads(world: World, days: list[str]) -> Rows:
    return [
        {"ref_date": day, "msgid": post.msgid, "detail": _readers(world, post, day)}
        for day in days for post in world.newsstand.all() if post.reads.get(day)
    ]  # fmt: skip


def _shares(world: World, days: list[str]) -> Rows:
    return [
        {"ref_date": day, "msgid": post.msgid, "detail": {"share_user": len(post.shares[day])}}
        for day in days for post in world.newsstand.all() if post.shares.get(day)
    ]  # fmt: skip


def _summary(world: World, days: list[str]) -> Rows:
    posts = world.newsstand.all()
    return [
        {
            "ref_date": day,
            "read_user": len(_people(_on(post.reads, day) for post in posts)),
            "share_user": len(_people(_on(post.shares, day) for post in posts)),
            "publish_count": sum(post.sent_on == day for post in posts),
        }
        for day in days
    ]


def _details(world: World, days: list[str]) -> Rows:
    return [
        {
            "ref_date": post.sent_on,
            "msgid": post.msgid,
            "publish_type": 0 if post.kind is Kind.MASS else 1,
            "title": post.article["title"],
            "content_url": post.url,
            "detail_list": [_detail(world, post, day) for day in _days_since(world, post, DETAIL_DAYS)],
        }
        for post in world.newsstand.all() if post.sent_on in days
    ]  # fmt: skip


def _detail(world: World, post: Post, day: str) -> dict[str, Any]:
    readers = len(_on(post.reads, day))
    return {
        "stat_date": day,
        **_readers(world, post, day),
        "share_user": len(_on(post.shares, day)),
        "zaikan_user": 0, "like_user": 0, "comment_count": 0, "collection_user": 0, "praise_money": 0,
        "read_subscribe_user": 0,
        "read_delivery_rate": round(readers / post.targets, 4) if post.targets else 0.0,
        "read_finish_rate": 0.0, "read_avg_activetime": 0.0, "read_jump_position": [],
    }  # fmt: skip


def _readers(world: World, post: Post, day: str) -> dict[str, Any]:
    readers = _on(post.reads, day)
    followers = sum(openid in world.followers and world.followers[openid].is_following for openid in readers)
    sources = [{"user_count": len(readers), "scene_desc": EVERYWHERE}]
    if followers:
        sources.append({"user_count": followers, "scene_desc": FROM_MESSAGE})
    return {"read_user": len(readers), "read_user_source": sources}


def _old_summary(world: World, days: list[str]) -> Rows:
    rows = []
    for post in world.newsstand.all():
        reads, shares = _on(post.reads, days[0]), _on(post.shares, days[0])
        if post.kind is Kind.MASS and len(reads) >= OLD_LEAST:
            head = {"ref_date": days[0], "msgid": post.msgid, "title": post.article["title"], "user_source": 0}
            rows.append(head | _old_counts(reads, shares))
    return rows


def _old_total(world: World, days: list[str]) -> Rows:
    """Of articles sent on one day, what had come of them by each day since."""
    return [
        {
            "ref_date": post.sent_on, "msgid": post.msgid, "title": post.article["title"], "user_source": 0,
            "url": post.url, "details": [_until(post, day) for day in _days_since(world, post, OLD_DETAIL_DAYS)],
        }
        for post in world.newsstand.all() if post.kind is Kind.MASS and post.sent_on in days
    ]  # fmt: skip


def _until(post: Post, day: str) -> dict[str, Any]:
    reads, shares = (
        _added(counts for on, counts in sorted(kept.items()) if on <= day) for kept in (post.reads, post.shares)
    )
    return {"stat_date": day, "target_user": post.targets, **_old_counts(reads, shares)}


def _old_counts(reads: dict[str, int], shares: dict[str, int]) -> dict[str, int]:
    return {
        "int_page_read_user": len(reads), "int_page_read_count": sum(reads.values()),
        "ori_page_read_user": 0, "ori_page_read_count": 0,
        "share_user": len(shares), "share_count": sum(shares.values()),
        "add_to_fav_user": 0, "add_to_fav_count": 0,
    }  # fmt: skip


def _follows(world: World, days: list[str]) -> Rows:
    rows = []
    for day in days:
        for scene in sorted({*world.joined[day], *world.left[day]}):
            counts = {"new_user": world.joined[day][scene], "cancel_user": world.left[day][scene]}
            rows.append({"ref_date": day, "user_source": SOURCES.get(scene, 0), **counts})
    return rows


def _days_since(world: World, post: Post, most: int) -> list[str]:
    """From the day of sending to the last day there are figures for."""
    now = world.clock.beijing()
    last = (now - timedelta(days=1 if now.hour >= READY_HOUR else 2)).date()
    sent_on = datetime.fromisoformat(post.sent_on).date()
    return [
        (sent_on + timedelta(days=number)).isoformat()
        for number in range(most) if sent_on + timedelta(days=number) <= last
    ]  # fmt: skip


def _on(kept: Mapping[str, dict[str, int]], day: str) -> dict[str, int]:
    """A day's counts."""
    return kept.get(day, {})


def _people(days: Iterable[dict[str, int]]) -> set[str]:
    return {openid for counts in days for openid in counts}


def _added(days: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for counts in days:
        for openid, count in counts.items():
            total[openid] = total.get(openid, 0) + count
    return total
