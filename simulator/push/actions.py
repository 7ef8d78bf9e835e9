"""What a follower can do on the phone, each as the push (or pushes) the platform makes of it."""

from simulator.followers import Follower
from simulator.push.events import EVENTS
from simulator.push.fields import BadAction, Body, Step
from simulator.push.messages import MESSAGES
from simulator.world import World

ACTIONS = {**MESSAGES, **EVENTS}


def steps_of(world: World, follower: Follower, body: Body) -> list[Step]:
    """The pushes of one control body, in order. The caller holds the world's lock. Raises BadAction, WrongState."""
    kind = body.get("type")
    if not isinstance(kind, str) or kind not in ACTIONS:
        raise BadAction(f"unknown type {kind!r}; known: {', '.join(ACTIONS)}")
    return ACTIONS[kind](world, follower, body)
