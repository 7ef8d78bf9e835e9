"""What the acts of a follower are built from: reading the control body, and the fields every push has."""

from dataclasses import dataclass
from typing import Any

from simulator.allowance import Trigger
from simulator.followers import Follower
from simulator.push.xml import Field, Value
from simulator.world import World

Body = dict[str, Any]


class BadAction(Exception):
    """The control body is not something a follower can do. The message says why."""


class WrongState(Exception):
    """The follower cannot do this now. The message says why."""


@dataclass(frozen=True)
class Step:
    """One push: its fields, the allowance it opens, and what the follower's own phone shows at once."""

    fields: list[Field]
    trigger: Trigger | None = None
    entry: dict[str, Any] | None = None


def message(world: World, follower: Follower, kind: str, parts: list[Field]) -> list[Field]:
    """The fields of a message, with a fresh MsgId."""
    return [*_head(world, follower, kind), *parts, ("MsgId", world.next_message_id())]


def event(world: World, follower: Follower, name: str, parts: list[Field]) -> list[Field]:
    """The fields of an event; events carry no MsgId."""
    return [*_head(world, follower, "event"), ("Event", name), *parts]


def place_of(body: Body) -> list[Field]:
    """The fields of a place."""
    return [
        ("Location_X", number_of(body, "lat", 31.230416)),
        ("Location_Y", number_of(body, "lng", 121.473701)),
        ("Scale", 15),
        ("Label", text_of(body, "label", "上海市黄浦区人民大道")),
    ]


def free_fields(body: Body) -> list[Field]:
    """The fields a test wrote itself."""
    fields = body.get("fields", {})
    if not isinstance(fields, dict):
        raise BadAction("fields must be an object")
    return _nested(fields)


def text_of(body: Body, name: str, default: str | None = None) -> str:
    """A text of the body. Raises BadAction when it is missing without a default."""
    value = body.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise BadAction(f"{name} must be a text")
    return value


def whole_of(body: Body, name: str, default: int) -> int:
    """A whole number of the body. Raises BadAction."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadAction(f"{name} must be a whole number")
    return value


def number_of(body: Body, name: str, default: float) -> float:
    """A number of the body. Raises BadAction."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadAction(f"{name} must be a number")
    return value


def _nested(fields: dict[str, Any]) -> list[Field]:
    found: list[Field] = []
    for name, value in fields.items():
        # A list stands for elements of the same name side by side.
        for item in value if isinstance(value, list) else [value]:
            part: Value = _nested(item) if isinstance(item, dict) else item if isinstance(item, int) else str(item)
            found.append((name, part))
    return found


def _head(world: World, follower: Follower, kind: str) -> list[Field]:
    return [
        ("ToUserName", world.settings.account_id),
        ("FromUserName", follower.openid),
        ("CreateTime", int(world.clock.now_s())),
        ("MsgType", kind),
    ]
