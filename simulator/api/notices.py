"""/cgi-bin/message/template/send, subscribe/bizsend and template/get_all_private_template: notices to one follower."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from simulator.api.wire import OK, ApiCall, Area
from simulator.errors import ApiError
from simulator.followers import Follower
from simulator.mass.running import report
from simulator.notices import checked_values
from simulator.push.fields import event
from simulator.push.xml import Field
from simulator.world import World


def blueprint(world: World) -> Blueprint:
    """The notice endpoints."""
    area = Area("notices", world)
    area.post("/cgi-bin/message/template/send", _send_template)
    area.post("/cgi-bin/message/subscribe/bizsend", _send_subscribed)
    area.get("/cgi-bin/template/get_all_private_template", _templates)
    return area.blueprint


def _send_template(call: ApiCall) -> dict[str, Any]:
    world, desk = call.world, call.world.notices
    person = world.get_follower(call.body.get("touser"))
    client_id = call.body.get("client_msg_id")
    first = desk.repeat_of(person.openid, client_id)
    if first is not None:
        return {**OK, "msgid": first}
    template_id, values = _checked(call, desk.service)
    if not person.is_following:
        raise ApiError(43004)
    msgid = world.next_message_id()
    desk.note(person.openid, client_id, msgid)
    _show(world, person, "template", template_id, values, call.body.get("url"))
    _report(world, person, "TEMPLATESENDJOBFINISH", [("MsgID", msgid), ("Status", "success")])
    return {**OK, "msgid": msgid}


def _send_subscribed(call: ApiCall) -> dict[str, Any]:
    world = call.world
    person = world.get_follower(call.body.get("touser"))
    template_id, values = _checked(call, world.notices.subscribed)
    # Who agreed on a page need not follow: it reaches him all the same.
    world.notices.use(person.openid, template_id)
    msgid = world.next_message_id()
    _show(world, person, "subscribed", template_id, values, call.body.get("page"))
    row: list[Field] = [
        ("TemplateId", template_id), ("MsgID", msgid), ("ErrorCode", 0), ("ErrorStatus", "success")
    ]  # fmt: skip
    _report(world, person, "subscribe_msg_sent_event", [("SubscribeMsgSentEvent", [("List", row)])])
    return {**OK, "msgid": msgid}


def _templates(call: ApiCall) -> dict[str, Any]:
    rows = [
        {"template_id": template_id, "content": "".join(f"{{{{{name}.DATA}}}}\n" for name in fields)}
        for template_id, fields in call.world.notices.service.items()
    ]
    return {"template_list": rows}


def _checked(call: ApiCall, templates: Mapping[str, tuple[str, ...]]) -> tuple[str, dict[str, str]]:
    template_id = call.body.get("template_id")
    if not isinstance(template_id, str) or template_id not in templates:
        raise ApiError(40037)
    return template_id, checked_values(templates[template_id], call.body.get("data"))


def _show(
    world: World, person: Follower, via: str, template_id: str, values: Mapping[str, str], url: object
) -> None:  # fmt: skip
    address = url if isinstance(url, str) else ""
    world.show(person, "account", via, "notice", template_id=template_id, values=dict(values), url=address)


def _report(world: World, person: Follower, name: str, parts: list[Field]) -> None:
    faults = world.faults.receipts
    if world.rng.random() < faults.lose:
        return
    fields = event(world, person, name, parts)
    for _ in range(2 if world.rng.random() < faults.twice else 1):
        due_s = world.clock.now_s() + world.rng.uniform(0, faults.delay_s)
        world.later.at(due_s, lambda: report(world, fields, person))
