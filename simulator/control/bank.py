"""/sim/bank, /sim/articles, /sim/kf-accounts: facts outside the chat that a test sets."""

from flask import Blueprint, Response, jsonify, request

from simulator.bank.events import report
from simulator.control.body import BadControl, read_body
from simulator.world import World


def add_to(area: Blueprint, world: World) -> None:
    """Register the calls about the bank and about what the account owns."""
    _add_bank(area, world)
    _add_account(area, world)


def _add_bank(area: Blueprint, world: World) -> None:
    @area.post("/bank/events")
    def bank_event() -> Response:
        return jsonify(report(world, read_body("event_id", "type", "firm_id", "openid", "occurred_at", "data")))

    @area.post("/bank/bindings")
    def bind() -> tuple[Response, int]:
        body = read_body("openid", "firm_id")
        with world.lock:
            if world.bank.find(body.get("firm_id")) is None:
                raise BadControl("unknown firm_id", 404)
            world.bank.bind(world.get_follower(body.get("openid")).openid, body["firm_id"])
        return jsonify(body), 201

    @area.get("/bank/firms")
    def firms() -> Response:
        after = request.args.get("after", "")
        with world.lock:
            if after and world.bank.find(after) is None:
                raise BadControl("unknown firm_id", 404)
            return jsonify([firm.profile for firm in world.bank.page(after)])


def _add_account(area: Blueprint, world: World) -> None:
    @area.post("/articles")
    def publish_article() -> tuple[Response, int]:
        body = read_body("article_id", "title", "description", "url", "picurl")
        if not all(isinstance(body.get(name), str) and body[name] for name in ("article_id", "title", "url")):
            raise BadControl("article_id, title and url must be texts")
        with world.lock:
            shown = {name: str(body.get(name, "")) for name in ("title", "description", "url", "picurl")}
            world.articles[body["article_id"]] = shown
        return jsonify(article_id=body["article_id"]), 201

    @area.post("/kf-accounts")
    def add_kf_account() -> tuple[Response, int]:
        body = read_body("kf_account", "nickname")
        with world.lock:
            world.kf_accounts[str(body.get("kf_account"))] = str(body.get("nickname", ""))
        return jsonify(body), 201
