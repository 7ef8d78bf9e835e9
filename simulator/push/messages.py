"""Messages a follower can send."""

import base64
import binascii
import hashlib
from collections.abc import Callable

from simulator import samples
from simulator.allowance import Trigger
from simulator.errors import ApiError
from simulator.followers import Follower
from simulator.media import Media, amr_seconds
from simulator.push.fields import BadAction, Body, Step, free_fields, message, place_of, text_of, whole_of
from simulator.push.xml import Field
from simulator.world import World


def _say(world: World, follower: Follower, body: Body) -> list[Step]:
    content, menu_id = text_of(body, "content"), text_of(body, "bizmsgmenuid", "")
    more: list[Field] = [("bizmsgmenuid", menu_id)] if menu_id else []
    if "article" in body:
        # He wrote from the page of an article.
        data_id, _, idx = text_of(body, "article").partition("_")
        more += [("MsgDataId", data_id), ("Idx", idx or "1")]
    fields = message(world, follower, "text", [("Content", content), *more])
    # A tap on a menu line arrives as a text but counts as a menu click.
    trigger = Trigger.MENU if menu_id else Trigger.MESSAGE
    return [Step(fields, trigger, {"type": "text", "text": content})]


def image(world: World, follower: Follower, body: Body) -> list[Step]:
    """A picture as a message."""
    media = stored(world, body, "image", "photo.png", samples.picture())
    url = world.media_url(media.media_id)
    fields = message(world, follower, "image", [("PicUrl", url), ("MediaId", media.media_id)])
    return [Step(fields, Trigger.MESSAGE, {"type": "image", "url": url})]


def _voice(world: World, follower: Follower, body: Body) -> list[Step]:
    media = stored(world, body, "voice", "voice.amr", samples.voice())
    recognition = body.get("recognition")
    more: list[Field] = [] if recognition is None else [("Recognition", str(recognition))]
    fields = message(world, follower, "voice", [("MediaId", media.media_id), ("Format", "amr"), *more])
    seconds = round(amr_seconds(media.data)) if media.content_type == "audio/amr" else 0
    entry = {"type": "voice", "seconds": seconds, "recognition": recognition or ""}
    return [Step(fields, Trigger.MESSAGE, entry)]


def _video(world: World, follower: Follower, body: Body) -> list[Step]:
    media = stored(world, body, "video", "video.mp4", samples.video())
    thumb = world.media.add("image", "thumb.png", samples.picture())
    parts: list[Field] = [("MediaId", media.media_id), ("ThumbMediaId", thumb.media_id)]
    fields = message(world, follower, body["type"], parts)
    return [Step(fields, Trigger.MESSAGE, {"type": "video", "url": world.media_url(thumb.media_id)})]


def location(world: World, follower: Follower, body: Body) -> list[Step]:
    """A place as a message."""
    place = place_of(body)
    entry = {"type": "location", "lat": place[0][1], "lng": place[1][1], "label": place[3][1]}
    return [Step(message(world, follower, "location", place), Trigger.MESSAGE, entry)]


def _link(world: World, follower: Follower, body: Body) -> list[Step]:
    title, url, about = text_of(body, "title"), text_of(body, "url"), text_of(body, "description", "")
    fields = message(world, follower, "link", [("Title", title), ("Description", about), ("Url", url)])
    entry = {"type": "link", "title": title, "description": about, "url": url}
    return [Step(fields, Trigger.MESSAGE, entry)]


def _file(world: World, follower: Follower, body: Body) -> list[Step]:
    title, size = text_of(body, "title", "工资表.xlsx"), whole_of(body, "size", 20480)
    md5 = hashlib.md5(title.encode(), usedforsecurity=False).hexdigest()
    parts: list[Field] = [("Title", title), ("Description", ""), ("FileKey", md5), ("FileMd5", md5)]
    fields = message(world, follower, "file", [*parts, ("FileTotalLen", size)])
    return [Step(fields, Trigger.MESSAGE, {"type": "file", "title": title})]


def _mini_page(world: World, follower: Follower, body: Body) -> list[Step]:
    title = text_of(body, "title", "企业服务")
    thumb = world.media.add("image", "thumb.png", samples.picture())
    parts: list[Field] = [
        ("Title", title),
        ("AppId", "wx00000000000000aa"),
        ("PagePath", text_of(body, "pagepath", "pages/index/index")),
        ("ThumbUrl", world.media_url(thumb.media_id)),
        ("ThumbMediaId", thumb.media_id),
    ]
    fields = message(world, follower, "miniprogrampage", parts)
    return [Step(fields, Trigger.MESSAGE, {"type": "miniprogrampage", "title": title})]


def _any_message(world: World, follower: Follower, body: Body) -> list[Step]:
    kind = text_of(body, "msg_type")
    entry = {"type": "other", "text": f"[{kind}]"}
    return [Step(message(world, follower, kind, free_fields(body)), Trigger.MESSAGE, entry)]


def stored(world: World, body: Body, kind: str, filename: str, sample: bytes) -> Media:
    """The file of the body, or the sample, kept as the follower's media. Raises BadAction."""
    given = body.get("data_base64")
    try:
        data = sample if given is None else base64.b64decode(str(given), validate=True)
        return world.media.add(kind, text_of(body, "filename", filename), data)
    except (binascii.Error, ApiError) as error:
        raise BadAction(f"the {kind} cannot be sent: {error}") from error


MESSAGES: dict[str, Callable[[World, Follower, Body], list[Step]]] = {
    "text": _say,
    "image": image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": location,
    "link": _link,
    "file": _file,
    "miniprogrampage": _mini_page,
    "message": _any_message,
}
