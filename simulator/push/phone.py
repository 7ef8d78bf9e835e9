"""Plays one act of a follower: the phone shows it, the allowance opens, the pushes go out one after the other."""

from typing import Any

from simulator.followers import Follower
from simulator.push.actions import steps_of
from simulator.push.delivery import push
from simulator.push.fields import Step, WrongState
from simulator.world import World

WHILE_NOT_FOLLOWING = ("subscribe", "scan")


def act(world: World, follower: Follower, body: dict[str, Any]) -> dict[str, Any]:
    """Do what the body says and return `attempts` and `shown`. Blocks until delivered. Raises BadAction, WrongState."""
    with world.lock:
        if not follower.is_following and body.get("type") not in WHILE_NOT_FOLLOWING:
            raise WrongState("not following")
        if follower.is_following and body.get("type") == "subscribe":
            raise WrongState("already following")
        was_following = follower.is_following
        follower.is_quiet = False
        steps = steps_of(world, follower, body)
        if follower.is_following != was_following:
            world.feed.publish("follower", describe(world, follower))
    attempts: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []
    for step in steps:
        _register(world, follower, step)
        result = push(world, follower, step.fields)
        attempts += result.attempts
        shown += result.shown
    return {"attempts": attempts, "shown": shown}


def describe(world: World, follower: Follower) -> dict[str, object]:
    """A follower as the control API lists it. The caller holds the world's lock."""
    return {
        "openid": follower.openid,
        "name": follower.name,
        "is_following": follower.is_following,
        "scene": follower.scene,
        "allowance": follower.allowance.as_json(world.clock.now_s()),
    }


def _register(world: World, follower: Follower, step: Step) -> None:
    with world.lock:
        if step.trigger is not None:
            follower.act(step.trigger, world.clock.now_s())
        if step.entry is not None:
            entry = dict(step.entry)
            world.show(follower, "user", "user", entry.pop("type"), **entry)
