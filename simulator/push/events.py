"""Events a follower can cause: following, scanning, the menu, and what the platform reports about them."""

import hashlib
from collections.abc import Callable

from simulator import samples
from simulator.allowance import Trigger
from simulator.followers import Follower, new_openid
from simulator.push.fields import (
    BadAction,
    Body,
    Step,
    WrongState,
    event,
    free_fields,
    number_of,
    place_of,
    text_of,
    whole_of,
)
from simulator.push.messages import image, location
from simulator.push.xml import Field
from simulator.world import World


def subscribe(world: World, follower: Follower, body: Body) -> list[Step]:
    """Follow the account, by search or through a QR code with a scene: one event either way."""
    scene = text_of(body, "scene", "")
    follower.follow(world.clock.now_s(), scene)
    world.joined[world.clock.beijing_day()][follower.scene_kind] += 1
    fields: list[Field] = [("EventKey", f"qrscene_{scene}" if scene else "")]
    if scene:
        fields.append(("Ticket", ticket_of(world, scene)))
    return [Step(event(world, follower, "subscribe", fields), Trigger.SUBSCRIBE)]


def _unsubscribe(world: World, follower: Follower, _: Body) -> list[Step]:
    follower.leave()
    world.left[world.clock.beijing_day()][follower.scene_kind] += 1
    return [Step(event(world, follower, "unsubscribe", [("EventKey", "")]))]


def _scan(world: World, follower: Follower, body: Body) -> list[Step]:
    if not follower.is_following:
        return subscribe(world, follower, {"scene": text_of(body, "scene")})
    scene = text_of(body, "scene")
    fields: list[Field] = [("EventKey", scene), ("Ticket", ticket_of(world, scene))]
    return [Step(event(world, follower, "SCAN", fields), Trigger.SCAN)]


def _click(world: World, follower: Follower, body: Body) -> list[Step]:
    return [Step(event(world, follower, "CLICK", [("EventKey", text_of(body, "key"))]), Trigger.MENU)]


def _view(world: World, follower: Follower, body: Body) -> list[Step]:
    # No allowance: a VIEW click opens no window.
    fields: list[Field] = [("EventKey", text_of(body, "url")), ("MenuId", whole_of(body, "menu_id", 500000001))]
    return [Step(event(world, follower, "VIEW", fields))]


def _view_mini(world: World, follower: Follower, body: Body) -> list[Step]:
    page = text_of(body, "pagepath", "pages/index/index")
    fields: list[Field] = [("EventKey", page), ("MenuId", whole_of(body, "menu_id", 500000001))]
    return [Step(event(world, follower, "view_miniprogram", fields))]


def _report_location(world: World, follower: Follower, body: Body) -> list[Step]:
    lat, lng = number_of(body, "lat", 31.230416), number_of(body, "lng", 121.473701)
    fields: list[Field] = [
        ("Latitude", f"{lat:.6f}"),
        ("Longitude", f"{lng:.6f}"),
        ("Precision", f"{number_of(body, 'precision', 30):.6f}"),
    ]
    return [Step(event(world, follower, "LOCATION", fields))]


def _scan_code(world: World, follower: Follower, body: Body) -> list[Step]:
    info: list[Field] = [("ScanType", text_of(body, "scan_type", "qrcode")), ("ScanResult", text_of(body, "result"))]
    fields: list[Field] = [("EventKey", text_of(body, "key")), ("ScanCodeInfo", info)]
    return [Step(event(world, follower, body["type"], fields), Trigger.MENU)]


def _pick_picture(world: World, follower: Follower, body: Body) -> list[Step]:
    # The event comes first, the picture as a message of its own after it.
    (picture,) = image(world, follower, body)
    md5 = hashlib.md5(samples.picture(), usedforsecurity=False).hexdigest()
    info: list[Field] = [("Count", 1), ("PicList", [("item", [("PicMd5Sum", md5)])])]
    fields: list[Field] = [("EventKey", text_of(body, "key")), ("SendPicsInfo", info)]
    return [Step(event(world, follower, body["type"], fields)), picture]


def _pick_location(world: World, follower: Follower, body: Body) -> list[Step]:
    (message,) = location(world, follower, body)
    info: list[Field] = [*((name, str(value)) for name, value in place_of(body)), ("Poiname", "")]
    fields: list[Field] = [("EventKey", text_of(body, "key")), ("SendLocationInfo", info)]
    return [Step(event(world, follower, "location_select", fields)), message]


def _revoke(world: World, follower: Follower, body: Body) -> list[Step]:
    parts: list[Field] = [
        ("OpenID", follower.openid),
        ("AppID", world.settings.app_id),
        ("RevokeInfo", text_of(body, "revoke_info", "1")),
    ]
    fields = event(world, follower, "user_authorization_revoke", parts)
    # This event is sent in the platform's own name; only OpenID tells whom it is about.
    return [Step([(name, new_openid() if name == "FromUserName" else value) for name, value in fields])]


def _template_done(world: World, follower: Follower, body: Body) -> list[Step]:
    number = whole_of(body, "msgid", world.next_message_id())
    parts: list[Field] = [("MsgID", number), ("Status", text_of(body, "status", "success"))]
    return [Step(event(world, follower, "TEMPLATESENDJOBFINISH", parts))]


def _choose_notices(world: World, follower: Follower, body: Body) -> list[Step]:
    """Agree to or refuse notices of one template, on a page (scene 1) or in an article (2)."""
    template_id, status = text_of(body, "template_id"), text_of(body, "status", "accept")
    if template_id not in world.notices.subscribed:
        raise BadAction("unknown template_id")
    if status == "accept":
        world.notices.agree(follower.openid, template_id, for_good=body.get("for_good") is True)
    else:
        world.notices.refuse(follower.openid, template_id)
    row: list[Field] = [
        ("TemplateId", template_id),
        ("SubscribeStatusString", status),
        ("PopupScene", whole_of(body, "scene", 1)),
    ]
    parts: list[Field] = [("SubscribeMsgPopupEvent", [("List", row)])]
    return [Step(event(world, follower, "subscribe_msg_popup_event", parts))]


def _withdraw_notices(world: World, follower: Follower, body: Body) -> list[Step]:
    template_id = text_of(body, "template_id")
    world.notices.refuse(follower.openid, template_id)
    row: list[Field] = [("TemplateId", template_id), ("SubscribeStatusString", "reject")]
    parts: list[Field] = [("SubscribeMsgChangeEvent", [("List", row)])]
    return [Step(event(world, follower, "subscribe_msg_change_event", parts))]


def _any_event(world: World, follower: Follower, body: Body) -> list[Step]:
    return [Step(event(world, follower, text_of(body, "event"), free_fields(body)))]


def ticket_of(world: World, scene: str) -> str:
    """The ticket of the code with this scene. Raises WrongState when all such codes have lapsed."""
    now = world.clock.now_s()
    codes = [(ticket, code) for ticket, code in world.qr_codes.items() if code["scene"] == scene]
    live = [ticket for ticket, code in codes if code["expires_s"] > now]
    if codes and not live:
        raise WrongState("该二维码已过期")
    return live[-1] if live else f"gQ{hashlib.sha256(scene.encode()).hexdigest()}"


EVENTS: dict[str, Callable[[World, Follower, Body], list[Step]]] = {
    "subscribe": subscribe,
    "unsubscribe": _unsubscribe,
    "scan": _scan,
    "click": _click,
    "view": _view,
    "view_miniprogram": _view_mini,
    "location_report": _report_location,
    "scancode_push": _scan_code,
    "scancode_waitmsg": _scan_code,
    "pic_sysphoto": _pick_picture,
    "pic_photo_or_album": _pick_picture,
    "pic_weixin": _pick_picture,
    "location_select": _pick_location,
    "authorization_revoke": _revoke,
    "template_finished": _template_done,
    "choose_notices": _choose_notices,
    "withdraw_notices": _withdraw_notices,
    "event": _any_event,
}
