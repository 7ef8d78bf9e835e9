"""/sim/articles, /sim/mass, /sim/templates: what readers do with articles, and what the bank's own people send from the
platform's console.
"""

from typing import Any

from flask import Blueprint, Response, jsonify

from simulator.articles.newsstand import Post
from simulator.control.body import BadControl, read_body
from simulator.mass.office import Job
from simulator.mass.running import confirm, start
from simulator.world import World


def add_to(area: Blueprint, world: World) -> None:
    """Register the calls about articles and sends."""
    _add_reading(area, world)
    _add_console(area, world)
    _add_notices(area, world)


def _add_reading(area: Blueprint, world: World) -> None:
    @area.post("/articles/<int:data_id>/reads")
    def reads(data_id: int) -> Response:
        with world.lock:
            post, openids, times = _done_with(world, data_id)
            world.newsstand.read(post, openids, times)
        return jsonify(counted=len(openids))

    @area.post("/articles/<int:data_id>/shares")
    def shares(data_id: int) -> Response:
        with world.lock:
            post, openids, times = _done_with(world, data_id)
            world.newsstand.share(post, openids, times)
        return jsonify(counted=len(openids))

    @area.get("/articles")
    def articles() -> Response:
        with world.lock:
            return jsonify([_described(post) for post in world.newsstand.all()])


def _add_console(area: Blueprint, world: World) -> None:
    @area.post("/mass")
    def send() -> tuple[Response, int]:
        body = read_body("title", "content", "openids", "tag_id", "to_all", "receipt")
        with world.lock:
            job = _console_job(world, body)
            start(world, job, None)
        return jsonify(msg_id=str(job.msg_id), msg_data_id=job.data_id, total=len(job.openids)), 201

    @area.get("/mass")
    def jobs() -> Response:
        with world.lock:
            return jsonify([_job_row(job) for job in world.mass.all()])

    @area.post("/mass/<int:msg_id>/admin")
    def admin(msg_id: int) -> Response:
        agrees = read_body("agrees").get("agrees")
        if not isinstance(agrees, bool):
            raise BadControl("agrees must be true or false")
        with world.lock:
            job = world.mass.get(msg_id)
            if not job.waits_for_admin:
                raise BadControl("this send does not wait for the admin", 409)
            confirm(world, job, agrees=agrees)
        world.later.run_due()
        return jsonify(ok=True)


def _add_notices(area: Blueprint, world: World) -> None:
    @area.post("/templates")
    def add_template() -> tuple[Response, int]:
        body = read_body("template_id", "fields", "is_subscribed")
        fields = body.get("fields")
        if not isinstance(fields, list) or not all(isinstance(name, str) for name in fields):
            raise BadControl("fields must be a list of names")
        with world.lock:
            is_subscribed = body.get("is_subscribed") is True
            world.notices.add_template(str(body.get("template_id")), tuple(fields), is_subscribed=is_subscribed)
        return jsonify(body), 201


def _done_with(world: World, data_id: int) -> tuple[Post, list[str], int]:
    body = read_body("openids", "idx", "times")
    openids, times = body.get("openids"), body.get("times", 1)
    if not isinstance(openids, list) or not all(isinstance(openid, str) for openid in openids):
        raise BadControl("openids must be a list of openids")
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise BadControl("times must be a whole number from 1")
    post = world.newsstand.find(f"{data_id}_{body.get('idx', 1)}")
    if post is None:
        raise BadControl("no such article", 404)
    return post, openids, times


def _console_job(world: World, body: dict[str, Any]) -> Job:
    title = body.get("title")
    if not isinstance(title, str) or not title:
        raise BadControl("title must be a text")
    openids, is_to_all = _console_list(world, body)
    if is_to_all:
        world.mass.note_to_all()
    content = str(body.get("content") or "<p>由后台发出的文章。</p>")
    article = {
        "article_type": "news", "title": title, "author": "", "digest": "", "content": content,
        "content_source_url": "", "thumb_media_id": "", "thumb_url": "", "show_cover_pic": 0,
    }  # fmt: skip
    return Job(
        world.next_message_id(), world.next_data_id(), openids, [article], "", world.clock.now_s(), is_to_all,
        has_receipt=body.get("receipt") is True,
    )  # fmt: skip


def _console_list(world: World, body: dict[str, Any]) -> tuple[list[str], bool]:
    if body.get("to_all") is True:
        return [person.openid for person in world.followers.values() if person.is_following], True
    if "tag_id" in body:
        return world.tags.members(body["tag_id"]), False
    openids = body.get("openids")
    if not isinstance(openids, list) or not openids:
        raise BadControl("one of openids, tag_id and to_all says whom it is for")
    return [world.get_follower(openid).openid for openid in openids], False


def _described(post: Post) -> dict[str, Any]:
    return {
        "msg_data_id": post.data_id, "idx": post.idx, "kind": str(post.kind), "title": post.article["title"],
        "url": post.url, "sent_on": post.sent_on, "is_dead": post.is_dead,
        "readers": len({openid for day in post.reads.values() for openid in day}),
        "sharers": len({openid for day in post.shares.values() for openid in day}),
    }  # fmt: skip


def _job_row(job: Job) -> dict[str, Any]:
    return {
        "msg_id": str(job.msg_id), "msg_data_id": job.data_id, "state": str(job.state), "status": job.status,
        "total": len(job.openids), "let_through": job.let_through, "sent": job.sent, "errors": job.errors,
        "waits_for_admin": job.waits_for_admin,
    }  # fmt: skip
