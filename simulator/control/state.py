"""/sim/calls, clock, faults, mode, reset, verify: the world as a whole."""

from flask import Blueprint, Response, jsonify, request

from simulator.control.body import BadControl, json_object, read_body
from simulator.faults import Faults, parse_faults
from simulator.push.verify import verify
from simulator.settings import MODES
from simulator.world import KEEPABLE, World


def add_to(area: Blueprint, world: World) -> None:
    """Register the calls about the world as a whole."""
    _add_calls(area, world)
    _add_clock(area, world)
    _add_faults(area, world)
    _add_mode_and_reset(area, world)


def _add_calls(area: Blueprint, world: World) -> None:
    @area.get("/calls")
    def calls() -> Response:
        with world.lock:
            return jsonify(world.calls.find(request.args.get("path"), request.args.get("after", 0, int)))

    @area.post("/verify")
    def check_address() -> Response:
        return jsonify(verify(world))


def _add_clock(area: Blueprint, world: World) -> None:
    @area.get("/clock")
    def clock() -> Response:
        return _clock(world)

    @area.post("/clock")
    def advance() -> Response:
        seconds = read_body("advance_s").get("advance_s")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise BadControl("advance_s must be a number of seconds, not negative")
        with world.lock:
            world.clock.advance(seconds)
            world.feed.publish("clock", {"offset_s": world.clock.offset_s})
        world.later.run_due()
        return _clock(world)


def _add_faults(area: Blueprint, world: World) -> None:
    @area.get("/faults")
    def faults() -> Response:
        return jsonify(world.faults)

    @area.post("/faults")
    def set_faults() -> Response:
        _set_faults(world, parse_faults(json_object()))
        return jsonify(world.faults)


def _add_mode_and_reset(area: Blueprint, world: World) -> None:
    @area.put("/mode")
    def mode() -> Response:
        wanted = read_body("mode").get("mode")
        if wanted not in MODES:
            raise BadControl(f"mode must be one of {', '.join(MODES)}")
        with world.lock:
            world.mode = wanted
            world.feed.publish("mode", {"mode": wanted})
        return jsonify(mode=wanted)

    @area.post("/reset")
    def reset() -> Response:
        keep = read_body("keep", optional=True).get("keep", [])
        if not isinstance(keep, list) or not set(keep) <= set(KEEPABLE):
            raise BadControl(f"keep must be a list of {', '.join(KEEPABLE)}")
        with world.lock:
            world.reset(tuple(keep))
        return jsonify(ok=True)


def _set_faults(world: World, faults: Faults) -> None:
    with world.lock:
        if faults.tokens.revoke_now:
            world.tokens.revoke_all()
            faults.tokens.revoke_now = False
        world.tokens.always_refuse = faults.tokens.always_40001
        world.faults = faults


def _clock(world: World) -> Response:
    return jsonify(now=world.clock.now().isoformat(), offset_s=world.clock.offset_s)
