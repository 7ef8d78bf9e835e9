"""Addresses, quotas and service accounts: /cgi-bin/getcallbackip, openapi/quota, clear_quota, customservice."""

from typing import Any

from flask import Blueprint

from simulator.api.wire import OK, ApiCall, Area
from simulator.errors import ApiError
from simulator.world import World

MAX_KF_ACCOUNTS = 100


def blueprint(world: World) -> Blueprint:
    """The endpoints about the account itself."""
    area = Area("account", world)
    area.get("/cgi-bin/getcallbackip", lambda _: {"ip_list": ["127.0.0.1"]})
    area.get("/cgi-bin/get_api_domain_ip", lambda _: {"ip_list": ["127.0.0.1"]})
    area.post("/cgi-bin/openapi/quota/get", _quota)
    area.post("/cgi-bin/clear_quota", _clear)
    area.either("/cgi-bin/clear_quota/v2", _clear_with_secret, needs_token=False)
    area.post("/customservice/kfaccount/add", _add_kf)
    area.get("/customservice/kfaccount/del", _delete_kf)
    area.get("/cgi-bin/customservice/getkflist", _list_kf)
    return area.blueprint


def _quota(call: ApiCall) -> dict[str, Any]:
    return {**OK, **call.world.quota.get(call.body.get("cgi_path"))}


def _clear(call: ApiCall) -> dict[str, Any]:
    if call.body.get("appid") != call.world.settings.app_id:
        raise ApiError(40013)
    call.world.quota.clear()
    return OK


def _clear_with_secret(call: ApiCall) -> dict[str, Any]:
    settings = call.world.settings
    if call.query.get("appid") != settings.app_id:
        raise ApiError(40013)
    if call.query.get("appsecret") != settings.app_secret:
        raise ApiError(40125)
    call.world.quota.clear()
    return OK


def _add_kf(call: ApiCall) -> dict[str, Any]:
    account, nickname = call.text("kf_account", 65404), call.text("nickname", 65404)
    if account.count("@") != 1:
        raise ApiError(65404)
    if account in call.world.kf_accounts:
        raise ApiError(61453)
    if len(call.world.kf_accounts) >= MAX_KF_ACCOUNTS:
        raise ApiError(65405)
    call.world.kf_accounts[account] = nickname
    return OK


def _delete_kf(call: ApiCall) -> dict[str, Any]:
    if call.world.kf_accounts.pop(call.query.get("kf_account", ""), None) is None:
        raise ApiError(61452)
    return OK


def _list_kf(call: ApiCall) -> dict[str, Any]:
    accounts = call.world.kf_accounts.items()
    rows = [
        {"kf_account": account, "kf_nick": nick, "kf_id": str(1001 + number), "kf_headimgurl": ""}
        for number, (account, nick) in enumerate(accounts)
    ]
    return {"kf_list": rows}
