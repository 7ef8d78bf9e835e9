"""/s: the page of an article as a follower sees it. Opening it counts as a read; one can share it, and recognise a code
in one of its pictures.
"""

from flask import Blueprint, Response, jsonify, render_template, request

from simulator.articles.newsstand import Kind, Post
from simulator.control.body import BadControl, error_response, read_body
from simulator.errors import ApiError
from simulator.push.fields import WrongState
from simulator.push.phone import act
from simulator.world import World

# Only this page's own files may run or load; an article's pictures and styles may stand in it, as they do.
POLICY = (
    "default-src 'self'; img-src 'self' http: https: data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)


def blueprint(world: World) -> Blueprint:
    """The article page and what can be done on it. `key` in the address says who holds the phone."""
    area = Blueprint("article_page", __name__)

    @area.get("/s")
    def page() -> tuple[Response, int]:
        with world.lock:
            post, openid = _asked(world), request.args.get("key", "")
            if post is None or post.is_dead:
                return _html("article_gone.html"), 404
            key = openid if openid in world.followers and post.kind is not Kind.PREVIEW else ""
            if key:
                world.newsstand.read(post, [key])
            values = _values(world, post)
        return _html("article.html", key=key, **values), 200

    @area.post("/s/share")
    def share() -> Response:
        openid = read_body("openid").get("openid")
        with world.lock:
            world.newsstand.share(_found(world), [world.get_follower(openid).openid])
        return jsonify(ok=True)

    @area.post("/s/scan")
    def scan() -> Response:
        body = read_body("openid", "picture")
        with world.lock:
            follower = world.get_follower(body.get("openid"))
            scene = world.scene_in(f"{world.settings.public_base}{body.get('picture')}")
        if scene is None:
            raise BadControl("there is no code in this picture", 404)
        return jsonify(act(world, follower, {"type": "scan", "scene": scene}))

    @area.errorhandler(BadControl)
    def refuse(error: BadControl) -> Response:
        return error_response(str(error), error.status)

    @area.errorhandler(WrongState)
    def refuse_state(error: WrongState) -> Response:
        return error_response(str(error), 409)

    @area.errorhandler(ApiError)
    def not_found(error: ApiError) -> Response:
        return error_response(str(error.as_reply()["errmsg"]), 404)

    return area


def _values(world: World, post: Post) -> dict[str, object]:
    content, base = str(post.article["content"]), world.settings.public_base
    codes = world.library.codes_in(content, world.qr_pictures)
    return {
        "post": post,
        "article": post.article,
        # The pictures that lie here are loaded from where this page came, whatever name that has.
        "content": content.replace(f"{base}/mmbiz_", "/mmbiz_"),
        "codes": " ".join(code.removeprefix(base) for code in codes),
        "day": world.clock.beijing().strftime("%Y年%-m月%-d日 %H:%M"),
        "account": world.settings.account_name,
    }


def _asked(world: World) -> Post | None:
    wanted = request.args
    if "tempkey" in wanted:
        return _draft(world, wanted["tempkey"])
    post = world.newsstand.find(f"{wanted.get('mid', '')}_{wanted.get('idx', '')}")
    return post if post is not None and post.sn == wanted.get("sn") else None


def _draft(world: World, key: str) -> Post | None:
    """The page a draft would have, as long as it is in the box."""
    media_id, _, index = key.rpartition("_")
    try:
        article = world.drafts.get(media_id).articles[int(index)]
    except (ApiError, ValueError, IndexError):
        return None
    return Post(0, int(index) + 1, "", Kind.PREVIEW, article, world.clock.now_s(), world.clock.beijing_day(), "")


def _found(world: World) -> Post:
    post = _asked(world)
    if post is None:
        raise BadControl("no such article", 404)
    return post


def _html(name: str, **values: object) -> Response:
    page = Response(render_template(name, **values), content_type="text/html; charset=utf-8")
    page.headers["Content-Security-Policy"] = POLICY
    return page
