from urllib.parse import parse_qs, urlsplit

import pytest

from tests.simulator.conftest import OPENID


@pytest.mark.parametrize(
    ("verb", "path", "body", "errcode"),
    [
        ("POST", "/cgi-bin/user/info", {}, 43001),
        ("GET", "/cgi-bin/message/custom/send", None, 43002),
        ("GET", "/cgi-bin/nothing/here", None, 40066),
        ("POST", "/datacube/nothing", {}, 40066),
    ],
)
def test_wrong_verbs_and_paths_have_their_codes_under_status_200(sim, verb, path, body, errcode):
    reply = sim.open(path, method=verb, json=body)

    assert (reply.status_code, reply.json["errcode"]) == (200, errcode)
    assert " rid: " in reply.json["errmsg"]


@pytest.mark.parametrize(
    ("data", "errcode"), [(b"", 44002), (b"  ", 44002), (b"{", 47001), (b"[]", 47001), (b"\xff", 47001)]
)
def test_empty_and_broken_bodies_have_their_codes(sim, world, data, errcode):
    token = world.tokens.issue_stable(force=False)["access_token"]

    assert sim.post(f"/cgi-bin/menu/create?access_token={token}", data=data).json["errcode"] == errcode


def test_success_objects_carry_no_errcode(api):
    assert api("GET", "/cgi-bin/getcallbackip") == {"ip_list": ["127.0.0.1"]}


def test_a_profile_tells_the_scene_but_no_name(sim, api):
    sim.post("/sim/followers", json={"openid": OPENID, "scene": "branch_7", "name": "陶先生"})
    profile = api("GET", "/cgi-bin/user/info", openid=OPENID)

    assert (profile["subscribe"], profile["subscribe_scene"], profile["qr_scene_str"]) == (
        1,
        "ADD_SCENE_QR_CODE",
        "branch_7",
    )
    assert (profile["nickname"], profile["headimgurl"]) == ("", "")
    sim.post(f"/sim/followers/{OPENID}/messages", json={"type": "unsubscribe"})
    assert api("GET", "/cgi-bin/user/info", openid=OPENID) == {"subscribe": 0, "openid": OPENID}
    assert api("GET", "/cgi-bin/user/info", openid="oNobody")["errcode"] == 40003


def test_the_page_after_the_last_follower_has_no_data(api, follower):
    first = api("GET", "/cgi-bin/user/get")
    last = api("GET", "/cgi-bin/user/get", next_openid=first["next_openid"])

    assert first == {"total": 1, "count": 1, "data": {"openid": [OPENID]}, "next_openid": OPENID}
    assert last == {"total": 1, "count": 0, "next_openid": ""}


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (
            {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "a" * 64}}, "expire_seconds": 600},
            None,
        ),
        ({"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "a" * 65}}}, 40053),
        ({"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": ""}}}, 40053),
        ({"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 2**32 - 1}}}, None),
        ({"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 2**32}}}, 40053),
        ({"action_name": "QR_SCENE", "action_info": {"scene": {"scene_id": 0}}}, 40053),
        ({"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_000}}}, None),
        ({"action_name": "QR_LIMIT_SCENE", "action_info": {"scene": {"scene_id": 100_001}}}, 40053),
        ({"action_name": "QR_LIMIT_STR_SCENE", "action_info": {}}, 40053),
        ({"action_name": "QR", "action_info": {}}, 40052),
    ],
)
def test_a_code_is_judged_by_kind_and_scene(api, body, errcode):
    reply = api("POST", "/cgi-bin/qrcode/create", body)

    assert reply.get("errcode") == errcode
    assert ("ticket" in reply) == (errcode is None)


def test_a_code_is_a_picture_until_it_lapses(sim, api):
    body = {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "b"}}, "expire_seconds": 600}
    code = api("POST", "/cgi-bin/qrcode/create", body)

    def show(ticket):
        return sim.get("/cgi-bin/showqrcode", query_string={"ticket": ticket})

    assert code["expire_seconds"] == 600
    assert show(code["ticket"]).data.startswith(b"\x89PNG")
    assert show("nope").status_code == 404
    sim.post("/sim/clock", json={"advance_s": 600})
    assert show(code["ticket"]).status_code == 404
    sim.post("/sim/followers", json={"openid": OPENID})
    assert sim.post(f"/sim/followers/{OPENID}/messages", json={"type": "scan", "scene": "b"}).status_code == 409


def test_quotas_count_calls_and_start_anew_at_midnight_in_beijing(sim, api, follower):
    def used():
        return api("POST", "/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/user/get"})["quota"]["used"]

    for _ in range(3):
        api("GET", "/cgi-bin/user/get")
    assert used() == 3
    sim.post("/sim/clock", json={"advance_s": 86_400})
    assert used() == 0


def test_a_path_over_its_daily_limit_is_45009_until_cleared(api, follower, sim):
    for _ in range(500):
        assert "total" in api("GET", "/cgi-bin/user/get")

    assert api("GET", "/cgi-bin/user/get")["errcode"] == 45009
    assert api("POST", "/cgi-bin/clear_quota", {"appid": "wx0123456789abcdef"})["errcode"] == 0
    assert "total" in api("GET", "/cgi-bin/user/get")


def test_quotas_can_be_cleared_ten_times_a_month(api):
    body = {"appid": "wx0123456789abcdef"}

    assert [api("POST", "/cgi-bin/clear_quota", body)["errcode"] for _ in range(11)] == [0] * 10 + [48006]
    assert api("POST", "/cgi-bin/clear_quota", {"appid": "x"})["errcode"] == 40013


@pytest.mark.parametrize(("path", "errcode"), [("/cgi-bin/nope", 76021), ("/sns/userinfo", 76022), (None, 76021)])
def test_quota_of_an_unknown_or_forbidden_path_has_its_code(api, path, errcode):
    assert api("POST", "/cgi-bin/openapi/quota/get", {"cgi_path": path})["errcode"] == errcode


def authorize(sim, **changes):
    query = {"appid": "wx0123456789abcdef", "redirect_uri": "http://127.0.0.1:8800/bind?x=1", "response_type": "code"}
    return sim.get(
        "/connect/oauth2/authorize",
        query_string={**query, "scope": "snsapi_base", "state": "abc", "openid": OPENID, **changes},
    )


def exchange(sim, code):
    query = {"appid": "wx0123456789abcdef", "secret": "xinqiao-demo-secret", "grant_type": "authorization_code"}
    return sim.get("/sns/oauth2/access_token", query_string={**query, "code": code}).json


def test_a_web_code_works_once_and_for_five_minutes(sim, follower):
    target = urlsplit(authorize(sim).headers["Location"])
    query = parse_qs(target.query)
    code = query["code"][0]

    assert (query["state"], query["x"]) == (["abc"], ["1"])
    grant = exchange(sim, code)
    assert (grant["openid"], grant["scope"]) == (OPENID, "snsapi_base")
    assert exchange(sim, code)["errcode"] == 40163
    assert exchange(sim, "nope")["errcode"] == 40029
    late = parse_qs(urlsplit(authorize(sim).headers["Location"]).query)["code"][0]
    sim.post("/sim/clock", json={"advance_s": 300})
    assert exchange(sim, late)["errcode"] == 42003


@pytest.mark.parametrize(
    "changes",
    [{"redirect_uri": "https://evil.example/x"}, {"appid": "x"}, {"scope": "all"}, {"state": "<"}, {"openid": "oNo"}],
)
def test_a_wrong_authorisation_page_is_an_error(sim, follower, changes):
    assert authorize(sim, **changes).status_code == 400
