"""Web authorisation: the page that hands out codes, and /sns/*. Its tokens have nothing to do with access tokens."""

import re
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, request

from simulator.api.wire import OK, ApiCall, Area
from simulator.errors import ApiError
from simulator.settings import LOOPBACK
from simulator.world import World

CODE_S = 300
TOKEN_S = 7200
REFRESH_S = 30 * 86_400
# Set by static/phone/links.js when a link is tapped.
HOLDER = "wechat_openid"


def blueprint(world: World) -> Blueprint:
    """The web authorisation endpoints. WeChat knows who holds the phone; here the phone page tells it, in the address
    or, for a page that redirects hither, in a cookie.
    """
    area = Area("oauth", world)
    area.blueprint.add_url_rule("/connect/oauth2/authorize", view_func=lambda: _authorize(world), endpoint="authorize")
    area.get("/sns/oauth2/access_token", _exchange, needs_token=False)
    area.get("/sns/oauth2/refresh_token", _refresh, needs_token=False)
    area.get("/sns/userinfo", _user, needs_token=False)
    area.get("/sns/auth", _auth, needs_token=False)
    return area.blueprint


def _authorize(world: World) -> Any:
    args = request.args
    target, scope, state = args.get("redirect_uri", ""), args.get("scope", ""), args.get("state", "")
    is_right = args.get("appid") == world.settings.app_id and args.get("response_type") == "code"
    if (
        not is_right
        or scope not in ("snsapi_base", "snsapi_userinfo")
        or not re.fullmatch(r"[a-zA-Z0-9]{0,128}", state)
    ):
        return Response("参数错误", 400)
    # The registered web domain of the simulated account is this machine.
    if urlsplit(target).scheme not in ("http", "https") or urlsplit(target).hostname not in LOOPBACK:
        return Response("redirect_uri域名与后台配置不一致，错误码:10003", 400)
    code = secrets.token_urlsafe(24)
    with world.lock:
        openid = args.get("openid") or request.cookies.get(HOLDER, "")
        if openid not in world.followers:
            return Response("请在微信客户端打开链接", 400)
        world.oauth_codes[code] = {
            "openid": openid,
            "scope": scope,
            "expires_s": world.clock.now_s() + CODE_S,
            "is_used": False,
            "is_snapshot": args.get("snapshot") == "1",
        }
    joiner = "&" if "?" in target else "?"
    return redirect(f"{target}{joiner}{urlencode({'code': code, 'state': state})}")


def _exchange(call: ApiCall) -> dict[str, Any]:
    world, query = call.world, call.query
    if query.get("appid") != world.settings.app_id:
        raise ApiError(40013)
    if query.get("secret") != world.settings.app_secret:
        raise ApiError(40125)
    if query.get("grant_type") != "authorization_code":
        raise ApiError(40002)
    if not query.get("code"):
        raise ApiError(41008)
    code = world.oauth_codes.get(query["code"])
    if code is None:
        raise ApiError(40029)
    if code["is_used"]:
        raise ApiError(40163)
    if code["expires_s"] <= world.clock.now_s():
        raise ApiError(42003)
    code["is_used"] = True
    answer = _grant(world, code["openid"], code["scope"], secrets.token_urlsafe(60))
    return {**answer, "is_snapshotuser": 1} if code["is_snapshot"] else answer


def _refresh(call: ApiCall) -> dict[str, Any]:
    held = call.world.oauth_tokens.get(call.query.get("refresh_token", ""))
    if held is None or held["kind"] != "refresh":
        raise ApiError(40030)
    if held["expires_s"] <= call.world.clock.now_s():
        raise ApiError(42002)
    return _grant(call.world, held["openid"], held["scope"], call.query["refresh_token"])


def _user(call: ApiCall) -> dict[str, Any]:
    held = _check_web_token(call)
    if held["scope"] != "snsapi_userinfo":
        raise ApiError(48001)
    follower = call.world.get_follower(held["openid"])
    return {"openid": follower.openid, "nickname": follower.name, "sex": 0, "province": "", "city": "", "country": "",
            "headimgurl": "", "privilege": []}  # fmt: skip


def _auth(call: ApiCall) -> dict[str, Any]:
    _check_web_token(call)
    return OK


def _grant(world: World, openid: str, scope: str, refresh: str) -> dict[str, Any]:
    now, access = world.clock.now_s(), secrets.token_urlsafe(60)
    held = {"openid": openid, "scope": scope}
    world.oauth_tokens[access] = {**held, "kind": "access", "expires_s": now + TOKEN_S}
    world.oauth_tokens.setdefault(refresh, {**held, "kind": "refresh", "expires_s": now + REFRESH_S})
    return {"access_token": access, "expires_in": TOKEN_S, "refresh_token": refresh, **held}


def _check_web_token(call: ApiCall) -> dict[str, Any]:
    held = call.world.oauth_tokens.get(call.query.get("access_token", ""))
    if held is None or held["kind"] != "access" or held["openid"] != call.query.get("openid"):
        raise ApiError(40001)
    if held["expires_s"] <= call.world.clock.now_s():
        raise ApiError(42001)
    return held
