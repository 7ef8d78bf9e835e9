import hashlib
import hmac
import json
import threading
from datetime import datetime, timedelta

import pytest

from simulator.settings import SettingsRefused, SimSettings
from tests.simulator.conftest import OPENID

TOKEN = {"Authorization": "Bearer xinqiao-demo-bank-token"}


def test_following_creates_a_follower_and_pushes_the_event(sim, callback):
    reply = sim.post("/sim/followers", json={})

    assert reply.status_code == 201
    assert len(reply.json["openid"]) == 28
    assert reply.json["openid"].startswith("o")
    assert [attempt["body_ok"] for attempt in reply.json["attempts"]] == [True]
    assert len(callback.received) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "poem"}, 400),
        ({"type": "text"}, 400),
        ({"type": "text", "content": 5}, 400),
        ({"type": "image", "data_base64": "%%%"}, 400),
        ({"type": "image", "data_base64": "aGVsbG8="}, 400),
        ({"type": "location", "lat": "x"}, 400),
        ({"type": "event", "event": "x", "fields": []}, 400),
        ({"type": "subscribe"}, 409),
        ([], 400),
    ],
)
def test_a_senseless_act_is_refused_and_pushes_nothing(sim, callback, follower, body, status):
    assert sim.post(f"/sim/followers/{OPENID}/messages", json=body).status_code == status
    assert len(callback.received) == 1


def test_an_unknown_follower_is_404(sim):
    assert sim.post("/sim/followers/oNobody/messages", json={"type": "text", "content": "a"}).status_code == 404
    assert sim.get("/sim/followers/oNobody/transcript").status_code == 404


def test_someone_who_left_can_do_nothing_but_come_back(sim, follower):
    act = f"/sim/followers/{OPENID}/messages"
    sim.post(act, json={"type": "unsubscribe"})

    assert sim.post(act, json={"type": "text", "content": "a"}).status_code == 409
    assert sim.post("/sim/followers", json={"openid": OPENID}).status_code == 201
    assert sim.post(act, json={"type": "text", "content": "a"}).status_code == 200


def test_the_transcript_shows_what_the_phone_shows_in_order(sim, callback, api, follower):
    sim.post(f"/sim/followers/{OPENID}/messages", json={"type": "text", "content": "回单在哪下"})
    sim.post(f"/sim/followers/{OPENID}/messages", json={"type": "click", "key": "K"})  # shows nothing
    body = {
        "touser": OPENID,
        "msgtype": "msgmenu",
        "msgmenu": {"head_content": "解决了吗", "list": [{"id": "1", "content": "是"}], "tail_content": "谢谢"},
    }
    api("POST", "/cgi-bin/message/custom/send", body)

    said, menu = sim.get(f"/sim/followers/{OPENID}/transcript").json
    assert (said["from"], said["type"], said["text"]) == ("user", "text", "回单在哪下")
    assert (menu["from"], menu["via"], menu["head"], menu["list"], menu["tail"]) == (
        "account",
        "custom",
        "解决了吗",
        [{"id": "1", "content": "是"}],
        "谢谢",
    )
    assert said["seq"] < menu["seq"]
    assert datetime.fromisoformat(said["at"]).utcoffset() == timedelta()


def test_calls_are_listed_by_path_with_reply_and_without_secrets(sim, api):
    api("GET", "/cgi-bin/getcallbackip")
    sim.get("/cgi-bin/token", query_string={"grant_type": "client_credential", "appid": "x", "secret": "top"})

    (call,) = sim.get("/sim/calls?path=/cgi-bin/getcallbackip").json
    assert (call["method"], call["status"], call["reply"]) == ("GET", 200, {"ip_list": ["127.0.0.1"]})
    (refused,) = sim.get("/sim/calls?path=/cgi-bin/token").json
    assert (refused["query"]["secret"], refused["reply"]["errcode"]) == ("***", 40013)
    assert len(sim.get("/sim/calls").json) == 3


def test_virtual_time_moves_forward_only(sim):
    before = datetime.fromisoformat(sim.get("/sim/clock").json["now"])
    after = sim.post("/sim/clock", json={"advance_s": 3600}).json

    assert after["offset_s"] == 3600
    assert 3600 <= (datetime.fromisoformat(after["now"]) - before).total_seconds() < 3610
    assert sim.post("/sim/clock", json={"advance_s": -1}).status_code == 400
    assert sim.post("/sim/clock", json={"advance_s": "x"}).status_code == 400


def test_reset_is_a_clean_slate_but_for_what_is_kept(sim, api, follower):
    api("POST", "/cgi-bin/menu/create", {"button": [{"type": "click", "name": "a", "key": "b"}]})
    sim.post("/sim/clock", json={"advance_s": 50})
    sim.put("/sim/mode", json={"mode": "plain"})
    sim.post("/sim/reset", json={"keep": ["clock", "menu"]})

    assert sim.get("/sim/followers").json == []
    assert sim.get("/sim/clock").json["offset_s"] == 50
    assert sim.get("/sim/page").json["mode"] == "safe"
    assert api("GET", "/cgi-bin/menu/get")["menu"]
    sim.post("/sim/reset")
    assert sim.get("/sim/clock").json["offset_s"] == 0
    assert api("GET", "/cgi-bin/menu/get")["errcode"] == 46003
    assert sim.post("/sim/reset", json={"keep": ["everything"]}).status_code == 400


def test_message_ids_go_on_growing_through_a_reset(world):
    first = world.next_message_id()
    world.reset()

    assert world.next_message_id() > first > 2**53


@pytest.mark.parametrize("mode", ["PLAIN", "", None, 5])
def test_an_unknown_mode_is_refused(sim, mode):
    assert sim.put("/sim/mode", json={"mode": mode}).status_code == 400


def test_a_bank_event_arrives_signed_and_shows_in_the_core_bank(sim, callback, follower):
    sim.post("/sim/bank/bindings", json={"openid": OPENID, "firm_id": "F00003"})
    callback.respond = lambda _: (202, b"{}")
    reply = sim.post("/sim/bank/events", json={"type": "certificate_activated", "openid": OPENID}).json

    push = callback.received[-1]
    event = json.loads(push.body)
    signed = f"{push.headers['X-Bank-Timestamp']}.{push.body}".encode()
    assert push.headers["X-Bank-Signature"] == hmac.new(b"xinqiao-demo-bank-secret", signed, hashlib.sha256).hexdigest()
    assert push.path == "/bank/events"
    assert set(event) == {"event_id", "type", "firm_id", "openid", "occurred_at", "data"}
    assert (reply["status"], reply["event"]["firm_id"]) == (202, "F00003")
    (certificate,) = sim.get("/bank/firms/F00003/certificates", headers=TOKEN).json["certificates"]
    assert certificate["state"] == "active"


@pytest.mark.parametrize("body", [{}, {"type": ""}, {"type": "x", "data": []}, {"type": "x", "who": 1}])
def test_a_senseless_bank_event_is_refused(sim, callback, body):
    assert sim.post("/sim/bank/events", json=body).status_code == 400
    assert callback.received == []


def test_the_core_bank_knows_bound_followers_only(sim, follower):
    by_openid = f"/bank/firms/by-openid/{OPENID}"

    assert sim.get(by_openid).status_code == 401
    assert sim.get(by_openid, headers=TOKEN).status_code == 404
    assert sim.post("/sim/bank/bindings", json={"openid": OPENID, "firm_id": "F00002"}).status_code == 201
    firm = sim.get(by_openid, headers=TOKEN).json
    assert (firm["firm_id"], firm["contact"]) == ("F00002", "张先生")
    assert sim.get("/bank/firms/F99999/loans", headers=TOKEN).status_code == 404
    assert sim.post("/sim/bank/bindings", json={"openid": OPENID, "firm_id": "F99999"}).status_code == 404
    assert sim.get("/bank/firms/F12/loans", headers=TOKEN).status_code == 404


def test_the_stream_repeats_what_came_after_an_id_for_one_follower(sim, follower):
    sim.post("/sim/followers", json={"openid": "oOther"})
    start = sim.get("/sim/page").json["seq"]
    for openid in (OPENID, "oOther"):
        sim.post(f"/sim/followers/{openid}/messages", json={"type": "text", "content": f"{openid}说"})

    with sim.get(f"/sim/events?after={start}&openid={OPENID}", buffered=False) as stream:
        head, first = (next(stream.response).decode() for _ in range(2))
    assert head.startswith("retry:")
    assert f"id: {start + 1}\nevent: entry\n" in first
    assert f"{OPENID}说" in first


def test_messages_of_many_followers_at_once_are_all_delivered(app, callback, sim):
    callback.respond = lambda _: (200, b"success")
    openids = [f"oMany{number:023d}" for number in range(12)]
    for openid in openids:
        sim.post("/sim/followers", json={"openid": openid})

    def talk(openid):
        client = app.test_client()
        for number in range(3):
            client.post(f"/sim/followers/{openid}/messages", json={"type": "text", "content": str(number)})

    threads = [threading.Thread(target=talk, args=(openid,)) for openid in openids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(callback.received) == 12 + 36
    assert all(len(sim.get(f"/sim/followers/{openid}/transcript").json) == 3 for openid in openids)


@pytest.mark.parametrize(
    "env",
    [
        {"WECHAT_APP_ID": "wx8a1b2c3d4e5f6789"},
        {"WECHAT_APP_SECRET": "0123456789abcdef0123456789abcdef"},
        {"WECHAT_AES_KEY": "short"},
        {"SIM_MODE": "secret"},
        {"SIM_PORT": "http"},
        {"CALLBACK_URL": "https://bank.example/wechat"},
        {"BANK_EVENTS_URL": "http://10.0.0.5/bank/events"},
        {"APP_ENV": "production"},
        {"HOST": "0.0.0.0"},
        {"APP_ENV": "development", "HOST": "192.168.0.7"},
    ],
)
def test_real_looking_or_senseless_settings_are_refused(env):
    with pytest.raises(SettingsRefused):
        SimSettings.from_env(env)


def test_settings_default_to_the_demo_values():
    settings = SimSettings.from_env({"WEB_PORT": "9000"})

    assert (settings.app_id, settings.mode, settings.port) == ("wx0123456789abcdef", "safe", 8802)
    assert settings.callback_url == "http://127.0.0.1:9000/wechat"


@pytest.mark.parametrize(
    ("env", "bind"),
    [
        ({}, "127.0.0.1:8802"),
        ({"HOST": "127.0.0.1", "SIM_PORT": "9802"}, "127.0.0.1:9802"),
        ({"HOST": "::1"}, "[::1]:8802"),
        ({"APP_ENV": "demo", "HOST": "0.0.0.0"}, "0.0.0.0:8802"),
        ({"APP_ENV": "test", "HOST": "::"}, "[::]:8802"),
    ],
)
def test_it_listens_on_loopback_unless_a_demo_or_test_says_otherwise(env, bind):
    assert SimSettings.from_env(env).bind == bind


def test_the_phone_page_allows_only_its_own_scripts(sim):
    with sim.get("/phone") as page:
        policy = page.headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
