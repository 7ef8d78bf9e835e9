"""/cgi-bin/message/mass/*: sends to many, which only start a job. guide/product/message/Batch_Sends."""

import json
from collections.abc import Callable
from typing import Any

from flask import Blueprint

from simulator.api.wire import OK, ApiCall, Area
from simulator.articles.box import Article
from simulator.articles.newsstand import Kind
from simulator.errors import ApiError
from simulator.mass.office import SPEEDS, Job, State, client_key
from simulator.mass.running import article_card, finish_at_once, start
from simulator.world import World

MAX_LIST = 10_000
MIN_LIST = 2
Whom = Callable[[ApiCall], tuple[list[str], bool]]


def blueprint(world: World) -> Blueprint:
    """The mass endpoints."""
    area = Area("mass", world)
    area.post("/cgi-bin/message/mass/sendall", lambda call: _submit(call, _tagged))
    area.post("/cgi-bin/message/mass/send", lambda call: _submit(call, _listed))
    area.post("/cgi-bin/message/mass/preview", _preview)
    area.post("/cgi-bin/message/mass/delete", _delete)
    area.post("/cgi-bin/message/mass/get", _get)
    area.post("/cgi-bin/message/mass/speed/get", _speed)
    area.post("/cgi-bin/message/mass/speed/set", _set_speed)
    return area.blueprint


def _submit(call: ApiCall, whom: Whom) -> dict[str, Any]:
    world, body = call.world, call.body
    # Without a client id the platform takes the content for one, whoever is to get it.
    content = json.dumps([body.get("msgtype"), body.get(str(body.get("msgtype"))), body.get("filter")], sort_keys=True)
    key = client_key(body.get("clientmsgid"), content)
    world.mass.check_client(key)
    try:
        openids, is_to_all, articles, text = _accepted(call, whom)
    except ApiError:
        world.mass.note_refusal(key)
        raise
    job = Job(
        world.next_message_id(), world.next_data_id(), openids, articles, text, world.clock.now_s(), is_to_all,
        ignores_reprint=body.get("send_ignore_reprint") == 1,
    )  # fmt: skip
    start(world, job, key)
    if not job.waits_for_admin and world.rng.random() < world.faults.receipts.before_answer:
        call.before_answer.append(lambda: finish_at_once(world, job))
    answer = {"errcode": 0, "errmsg": "send job submission success", "msg_id": job.msg_id}
    return answer | ({"msg_data_id": job.data_id} if articles else {})


def _accepted(call: ApiCall, whom: Whom) -> tuple[list[str], bool, list[Article], str]:
    if call.world.faults.account.refuses_mass:
        raise ApiError(48003)
    openids, is_to_all = whom(call)
    articles, text = _payload(call)
    if is_to_all:
        call.world.mass.note_to_all()
    if articles:
        call.world.drafts.take(call.body["mpnews"]["media_id"])
    return openids, is_to_all, articles, text


def _listed(call: ApiCall) -> tuple[list[str], bool]:
    given = call.body.get("touser")
    if not isinstance(given, list) or not all(isinstance(openid, str) for openid in given):
        raise ApiError(40031)
    if len(given) > MAX_LIST:
        raise ApiError(40032)
    openids = list(dict.fromkeys(given))
    if sum(openid in call.world.followers for openid in openids) < MIN_LIST:
        raise ApiError(40130)
    return openids, False


def _tagged(call: ApiCall) -> tuple[list[str], bool]:
    wanted = call.body.get("filter")
    if not isinstance(wanted, dict):
        raise ApiError(40152)
    if wanted.get("is_to_all") is True:
        return [person.openid for person in call.world.followers.values() if person.is_following], True
    return call.world.tags.members(wanted.get("tag_id")), False


def _payload(call: ApiCall) -> tuple[list[Article], str]:
    """The articles or the text of a call. Raises ApiError 40008, 44004, 40007."""
    kind = call.body.get("msgtype")
    payload = call.body.get(str(kind))
    if kind not in ("mpnews", "text") or not isinstance(payload, dict):
        raise ApiError(40008)
    if kind == "text":
        content = payload.get("content")
        if not isinstance(content, str) or not content:
            raise ApiError(44004)
        return [], content
    return call.world.drafts.get(payload.get("media_id")).articles, ""


def _preview(call: ApiCall) -> dict[str, Any]:
    world = call.world
    person = world.get_follower(call.body.get("touser"))
    if not person.is_following:
        raise ApiError(43004)
    articles, text = _payload(call)
    number = world.next_message_id()
    if articles:
        posts = world.newsstand.put_up(world.next_data_id(), articles, Kind.PREVIEW)
        shown = article_card([(post.article, post.url) for post in posts])
        world.show(person, "account", "preview", str(shown.pop("type")), **shown)
    else:
        world.show(person, "account", "preview", "text", text=text)
    return {"errcode": 0, "errmsg": "preview success", "msg_id": number}


def _delete(call: ApiCall) -> dict[str, Any]:
    job, idx = call.world.mass.get(call.body.get("msg_id")), call.body.get("article_idx", 0)
    if isinstance(idx, bool) or not isinstance(idx, int):
        raise ApiError(40114)
    # Only what was sent can be deleted; a text cannot be at all.
    if job.state not in (State.SUCCESS, State.DELETED) or not job.posts:
        raise ApiError(40059)
    call.world.newsstand.kill(job.data_id, idx)
    if all(post.is_dead for post in job.posts):
        job.state = State.DELETED
    return OK


def _get(call: ApiCall) -> dict[str, Any]:
    job = call.world.mass.get(call.body.get("msg_id"))
    return {"msg_id": job.msg_id, "msg_status": str(job.state)}


def _speed(call: ApiCall) -> dict[str, Any]:
    level = call.world.mass.level
    return {"speed": level, "realspeed": SPEEDS[level]}


def _set_speed(call: ApiCall) -> dict[str, Any]:
    level = call.body.get("speed")
    if level is None:
        raise ApiError(45084)
    if isinstance(level, bool) or not isinstance(level, int) or not 0 <= level < len(SPEEDS):
        raise ApiError(45083)
    call.world.mass.level = level
    return OK
