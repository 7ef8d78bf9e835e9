"""/bank/bind: the bank's own page in WeChat, where a follower binds his firm and says what he agrees to.

WeChat tells the page who opened it (OAuth, snsapi_base); the bank checks a phone by a code, which stands on the page
because no SMS leaves this machine; then it reports signed facts to the product.
"""

import json
import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, jsonify, redirect, request

from simulator.bank.binding import CHANNEL, PURPOSES, TEXT_VERSION, BindingRefused, Visit, read_consents
from simulator.bank.events import report
from simulator.bank.firms import Firm
from simulator.push import wire
from simulator.world import World

EXCHANGE_S = 5.0
TRIES = 3
LARGE_PRINT = "size=large"
POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def blueprint(world: World) -> Blueprint:
    """The way through WeChat's login, the page, and what the page asks of the bank."""
    area = Blueprint("bank_bind", __name__, url_prefix="/bank/bind")
    _add_login(area, world)
    _add_phone_check(area, world)
    _add_decisions(area, world)

    @area.errorhandler(BindingRefused)
    def refuse(error: BindingRefused) -> tuple[Response, int]:
        return jsonify(error=str(error)), error.status

    @area.after_request
    def guard(response: Response) -> Response:
        response.headers |= {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        return response

    return area


def _add_login(area: Blueprint, world: World) -> None:
    @area.get("")
    def begin() -> Any:
        with world.lock:
            state = world.binding_desk.begin()
        asked = {
            "appid": world.settings.app_id,
            "redirect_uri": f"{request.host_url}bank/bind/return{_size()}",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        return redirect(f"/connect/oauth2/authorize?{urlencode(asked)}#wechat_redirect")

    @area.get("/return")
    def come_back() -> Any:
        try:
            openid = _exchange(world, request.args.get("code", ""))
            with world.lock:
                token = world.binding_desk.open(request.args.get("state", ""), openid)
        except BindingRefused as refused:
            return Response(str(refused), refused.status, content_type="text/plain; charset=utf-8")
        # Behind the hash, so that it reaches neither a log nor another site.
        return redirect(f"/bank/bind/page{_size()}#{token}")

    @area.get("/page")
    def page() -> Response:
        return current_app.send_static_file("bank/bind.html")

    @area.get("/state")
    def state() -> Response:
        with world.lock:
            return jsonify(_shown(world, _visit(world)))


def _size() -> str:
    """The query that keeps large letters large on the way through WeChat's login."""
    return f"?{LARGE_PRINT}" if request.args.get("size") == "large" else ""


def _add_phone_check(area: Blueprint, world: World) -> None:
    @area.post("/code")
    def send_code() -> Response:
        with world.lock:
            code = world.binding_desk.send_code(_visit(world), _body().get("phone"))
        return jsonify(
            sms=f"【{world.settings.account_name}】验证码{code}，5分钟内有效，用于企业绑定。请勿告诉任何人。"
        )

    @area.post("/login")
    def login() -> Response:
        with world.lock:
            visit = _visit(world)
            world.binding_desk.check_code(visit, _body().get("code"))
        _tell(world, "phone_verified", visit.openid)
        with world.lock:
            return jsonify(_shown(world, visit))


def _add_decisions(area: Blueprint, world: World) -> None:
    @area.post("/confirm")
    def confirm() -> Response:
        firm_id, consents = _body().get("firm_id"), read_consents(_body().get("consents"))
        with world.lock:
            visit = _visit(world)
            if not visit.phone:
                raise BindingRefused("请先验证手机号。", 403)
            if firm_id not in _firms_of(world, visit.phone):
                raise BindingRefused("请选择要绑定的企业。")
            world.bank.bind(visit.openid, str(firm_id))
            world.bank.consents[visit.openid] = consents
        is_told = _tell(world, "binding_created", visit.openid, firm_id=firm_id)
        is_told = _tell_consents(world, visit.openid, consents) and is_told
        with world.lock:
            return jsonify({**_shown(world, visit), "is_told": is_told})

    @area.post("/consents")
    def change_consents() -> Response:
        consents = read_consents(_body().get("consents"))
        with world.lock:
            visit = _visit(world)
            before = world.bank.consents.get(visit.openid, {})
            world.bank.consents[visit.openid] = consents
        changed = {name: word for name, word in consents.items() if before.get(name) is not word}
        is_told = _tell_consents(world, visit.openid, changed)
        with world.lock:
            return jsonify({**_shown(world, visit), "is_told": is_told})

    @area.post("/remove")
    def remove() -> Response:
        with world.lock:
            visit = _visit(world)
            firm_id = world.bank.unbind(visit.openid)
        is_told = firm_id is None or _tell(world, "binding_removed", visit.openid, firm_id=firm_id)
        with world.lock:
            return jsonify({**_shown(world, visit), "is_told": is_told})


def _exchange(world: World, code: str) -> str:
    """Who opened the page, asked of WeChat with the account's secret. Raises BindingRefused."""
    query = {
        "appid": world.settings.app_id,
        "secret": world.settings.app_secret,
        "code": code,
        "grant_type": "authorization_code",
    }
    # To the port this very server listens on, whatever the browser calls it.
    base = f"http://127.0.0.1:{request.environ['SERVER_PORT']}"
    answer = wire.request("GET", f"{base}/sns/oauth2/access_token?{urlencode(query)}", {}, None, EXCHANGE_S)
    found = json.loads(answer.body) if answer.status == 200 else {}
    if not found.get("openid"):
        raise BindingRefused("没能确认您的微信，请回到微信重新打开。")
    if found.get("is_snapshotuser") == 1:
        raise BindingRefused("请点右下角“使用完整服务”后再绑定。")
    return str(found["openid"])


def _visit(world: World) -> Visit:
    return world.binding_desk.visit(request.headers.get("X-Visit", ""))


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BindingRefused("请刷新页面再试。")
    return body


def _firms_of(world: World, phone: str) -> dict[str, Firm]:
    return {firm.profile["firm_id"]: firm for firm in world.bank.with_phone(phone)}


def _shown(world: World, visit: Visit) -> dict[str, Any]:
    """What the page shows of this visit. The caller holds the world's lock."""
    bound = world.bank.find_by_openid(visit.openid)
    return {
        "bank": world.settings.account_name,
        "phone": f"{visit.phone[:3]}****{visit.phone[-4:]}" if visit.phone else None,
        "firms": [_firm_line(firm) for firm in _firms_of(world, visit.phone).values()],
        "bound": _firm_line(bound) if bound is not None else None,
        "purposes": [{"id": name, "title": title, "text": text} for name, title, text in PURPOSES],
        "consents": world.bank.consents.get(visit.openid, {}),
        "text_version": TEXT_VERSION,
        "samples": [
            {"phone": firm.profile["phone"], "contact": firm.profile["contact"]} for firm in world.bank.page("")[:3]
        ],
    }


def _firm_line(firm: Firm) -> dict[str, str]:
    profile = firm.profile
    return {
        "firm_id": profile["firm_id"],
        "name": profile["name"],
        "branch": profile["branch"],
        "account_tail": profile["account_tail"],
    }


def _tell_consents(world: World, openid: str, consents: dict[str, bool]) -> bool:
    told = [
        _tell(
            world,
            "consent_changed",
            openid,
            data={"purpose": name, "granted": word, "text_version": TEXT_VERSION, "channel": CHANNEL},
        )
        for name, word in consents.items()
    ]
    return all(told)


def _tell(world: World, kind: str, openid: str, **more: Any) -> bool:
    """Report one fact, again under the same id while nobody took it; False when nobody did."""
    event = {"event_id": f"evt_{secrets.token_hex(12)}", "type": kind, "openid": openid, **more}
    event["occurred_at"] = world.clock.now().isoformat()
    return any(report(world, event)["status"] == 200 for _ in range(TRIES))
