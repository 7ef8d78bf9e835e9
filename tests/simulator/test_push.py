import time
from xml.etree.ElementTree import fromstring

import pytest
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.utils import check_signature

from simulator.push.delivery import FAILURE_NOTICE
from simulator.settings import SimSettings
from tests.simulator.conftest import OPENID

S = SimSettings()
CUT_S = 0.25


def say(sim, content="你好", **more):
    return sim.post(f"/sim/followers/{OPENID}/messages", json={"type": "text", "content": content, **more}).json


def fault(sim, **push):
    reply = sim.post("/sim/faults", json={"push": {"cut_s": CUT_S, **push}})
    assert reply.status_code == 200, reply.json


def mode(sim, wanted):
    assert sim.put("/sim/mode", json={"mode": wanted}).status_code == 200


def opened(received, key=S.aes_key):
    query = received.query
    crypto = WeChatCrypto(S.token, key, S.app_id)
    return crypto.decrypt_message(received.body, query["msg_signature"], query["timestamp"], query["nonce"])


def test_plain_mode_sends_clear_xml_and_no_encryption_parameters(sim, callback, follower):
    mode(sim, "plain")
    say(sim, "一 & <二> 👍")

    push = callback.received[-1]
    assert set(push.query) == {"signature", "timestamp", "nonce", "openid"}
    check_signature(S.token, push.query["signature"], push.query["timestamp"], push.query["nonce"])
    message = parse_message(push.body)
    assert (message.type, message.content, message.source, message.target) == (
        "text",
        "一 & <二> 👍",
        OPENID,
        S.account_id,
    )
    assert int(message.id) > 2**53


def test_compat_mode_sends_both_forms_of_the_same_message(sim, callback, follower):
    mode(sim, "compat")
    say(sim)

    push = callback.received[-1]
    clear, secret = fromstring(push.body), fromstring(opened(push))
    assert push.query["encrypt_type"] == "aes"
    assert clear.findtext("Content") == secret.findtext("Content") == "你好"


def test_safe_mode_sends_only_the_receiver_and_the_encrypted_text(sim, callback, follower):
    say(sim)

    push = callback.received[-1]
    assert [child.tag for child in fromstring(push.body)] == ["ToUserName", "Encrypt"]
    assert parse_message(opened(push)).content == "你好"


def test_headers_are_the_platforms(sim, callback, follower):
    headers = callback.received[-1].headers

    assert headers["User-Agent"] == "Mozilla/4.0"
    assert headers["Accept"] == "*/*"
    assert headers["Pragma"] == "no-cache"
    assert headers["Connection"] == "close"
    assert headers["Content-Type"] == "text/xml"
    assert "Accept-Encoding" not in headers


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"type": "click", "key": "LOAN"}, {"Event": "CLICK", "EventKey": "LOAN"}),
        (
            {"type": "view", "url": "https://e.com/?a=1&b=2"},
            {"Event": "VIEW", "EventKey": "https://e.com/?a=1&b=2", "MenuId": "500000001"},
        ),
        ({"type": "scan", "scene": "b7"}, {"Event": "SCAN", "EventKey": "b7"}),
        ({"type": "unsubscribe"}, {"Event": "unsubscribe", "EventKey": ""}),
        ({"type": "location_report", "lat": 30}, {"Event": "LOCATION", "Latitude": "30.000000"}),
        (
            {"type": "scancode_waitmsg", "key": "S", "result": "R"},
            {"Event": "scancode_waitmsg", "ScanCodeInfo/ScanResult": "R", "ScanCodeInfo/ScanType": "qrcode"},
        ),
        ({"type": "view_miniprogram", "pagepath": "p"}, {"Event": "view_miniprogram", "EventKey": "p"}),
        (
            {"type": "template_finished", "status": "failed:user block"},
            {"Event": "TEMPLATESENDJOBFINISH", "Status": "failed:user block"},
        ),
        ({"type": "authorization_revoke"}, {"Event": "user_authorization_revoke", "OpenID": OPENID, "RevokeInfo": "1"}),
        ({"type": "event", "event": "novel", "fields": {"A": {"B": ["1", "2"]}}}, {"Event": "novel", "A/B": "1"}),
        ({"type": "voice", "recognition": ""}, {"MsgType": "voice", "Format": "amr", "Recognition": ""}),
        ({"type": "voice"}, {"MsgType": "voice", "Recognition": None}),
        (
            {"type": "location", "lat": 31.2, "lng": 121.4, "label": "上海"},
            {"Location_X": "31.2", "Location_Y": "121.4", "Label": "上海"},
        ),
        (
            {"type": "link", "title": "t", "url": "https://e.com"},
            {"Title": "t", "Url": "https://e.com", "Description": ""},
        ),
        ({"type": "file", "title": "工资.xlsx"}, {"MsgType": "file", "Title": "工资.xlsx", "FileTotalLen": "20480"}),
        ({"type": "shortvideo"}, {"MsgType": "shortvideo"}),
        ({"type": "miniprogrampage"}, {"MsgType": "miniprogrampage", "AppId": "wx00000000000000aa"}),
        ({"type": "message", "msg_type": "hologram", "fields": {"Depth": 3}}, {"MsgType": "hologram", "Depth": "3"}),
        ({"type": "text", "content": "是", "bizmsgmenuid": "101"}, {"MsgType": "text", "bizmsgmenuid": "101"}),
    ],
)
def test_each_act_has_the_platforms_spelling(sim, callback, follower, body, expected):
    sim.post(f"/sim/followers/{OPENID}/messages", json=body)

    push = fromstring(opened(callback.received[-1]))
    assert {path: push.findtext(path) for path in expected} == expected
    assert (push.findtext("MsgId") is None) == (push.findtext("MsgType") == "event")


def test_following_by_code_is_one_subscribe_event_with_the_prefix_and_scanning_later_has_none(sim, callback):
    sim.post("/sim/followers", json={"openid": OPENID, "scene": "branch_7"})
    sim.post(f"/sim/followers/{OPENID}/messages", json={"type": "scan", "scene": "branch_7"})

    first, second = (fromstring(opened(push)) for push in callback.received)
    assert (first.findtext("Event"), first.findtext("EventKey")) == ("subscribe", "qrscene_branch_7")
    assert (second.findtext("Event"), second.findtext("EventKey")) == ("SCAN", "branch_7")
    assert first.findtext("Ticket") == second.findtext("Ticket")


def test_picking_a_picture_sends_the_event_and_then_the_picture(sim, callback, follower):
    sim.post(f"/sim/followers/{OPENID}/messages", json={"type": "pic_sysphoto", "key": "P"})

    event, picture = (fromstring(opened(push)) for push in callback.received[-2:])
    assert event.findtext("Event") == "pic_sysphoto"
    assert picture.findtext("MsgType") == "image"


def test_shuffled_pushes_keep_their_facts(sim, callback, follower):
    fault(sim, shuffle=True)
    mode(sim, "plain")
    orders = set()
    for _ in range(8):
        say(sim, "一 & <二>")
        push = fromstring(callback.received[-1].body)
        orders.add(tuple(child.tag for child in push))
        assert push.findtext("Content") == "一 & <二>"

    assert len(orders) > 1


def test_an_unanswered_push_is_cut_and_sent_three_times_with_the_same_body_and_fresh_signatures(
    sim, callback, follower
):
    fault(sim)
    callback.respond = callback.hang
    result = say(sim)

    pushes = callback.received[1:]
    assert [(a["status"], a["reason"]) for a in result["attempts"]] == [(None, "cut")] * 3
    assert all(CUT_S * 1000 - 20 <= a["ms"] < CUT_S * 1000 + 200 for a in result["attempts"])
    assert len({push.body for push in pushes}) == 1
    assert len({push.query["signature"] for push in pushes}) == 3
    assert result["shown"][0]["text"] == FAILURE_NOTICE
    assert result["shown"][0]["from"] == "system"


def test_an_answer_to_the_second_delivery_is_enough(sim, callback, follower):
    fault(sim)
    callback.respond = lambda push: callback.hang(push) if push.number == 1 else (200, b"success")
    result = say(sim)

    assert [a["body_ok"] for a in result["attempts"]] == [False, True]
    assert result["shown"] == []


def test_a_refused_connection_is_tried_again_a_cut_later(sim, world, follower, unused_port):
    object.__setattr__(world.settings, "callback_url", f"http://127.0.0.1:{unused_port}/wechat")
    fault(sim, attempts=2)
    started = time.monotonic()
    result = say(sim)

    assert [a["reason"] for a in result["attempts"]] == ["connect", "connect"]
    assert time.monotonic() - started >= CUT_S
    assert result["shown"][0]["text"] == FAILURE_NOTICE


def test_with_overlap_the_next_delivery_starts_while_the_former_runs(sim, callback, follower):
    fault(sim, overlap=True, cut_s=0.4)
    started = []

    def respond(push):
        started.append(time.monotonic())
        return callback.hang(push)

    callback.respond = respond
    say(sim)

    assert len(started) == 3
    assert started[1] - started[0] < 0.4


def test_a_doubled_push_arrives_twice_and_shows_one_answer(sim, callback, follower):
    fault(sim, duplicate=True)
    mode(sim, "plain")
    callback.respond = lambda push: (200, text_reply())
    result = say(sim)

    assert len(result["attempts"]) == 2
    assert [entry["text"] for entry in result["shown"]] == ["好的"]


def test_a_lost_push_never_arrives(sim, callback, follower):
    fault(sim, lose=1.0)

    assert say(sim) == {"attempts": [], "shown": []}
    assert len(callback.received) == 1


def text_reply():
    return (
        f"<xml><ToUserName>{OPENID}</ToUserName><FromUserName>{S.account_id}</FromUserName>"
        "<CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content>好的</Content></xml>"
    ).encode()


@pytest.mark.parametrize("key", ["bad_signature", "tamper"])
def test_a_forged_push_fails_the_signature_check(sim, callback, follower, key):
    fault(sim, **{key: True})
    say(sim)

    with pytest.raises(InvalidSignatureException):
        opened(callback.received[-1])


def test_a_push_of_another_app_id_is_rightly_signed_but_foreign(sim, callback, follower):
    fault(sim, wrong_appid=True)
    say(sim)

    with pytest.raises(InvalidAppIdException):
        opened(callback.received[-1])


def test_previous_key_stale_time_and_missing_openid_can_be_pushed(sim, callback, follower):
    fault(sim, previous_aes_key=True, stale_timestamp=True, no_openid=True)
    say(sim)

    push = callback.received[-1]
    assert parse_message(opened(push, S.aes_key_previous)).content == "你好"
    assert time.time() - int(push.query["timestamp"]) > 3600
    assert "openid" not in push.query


@pytest.mark.parametrize(
    "body", [{"type": "view", "url": "https://e.com"}, {"type": "unsubscribe"}, {"type": "location_report"}]
)
def test_bad_answers_to_silent_events_show_nothing(sim, callback, follower, body):
    callback.respond = lambda _: (500, b"")
    result = sim.post(f"/sim/followers/{OPENID}/messages", json=body).json

    assert result["attempts"][0]["status"] == 500
    assert result["shown"] == []


def test_address_check_passes_only_a_callback_that_echoes_and_refuses(sim, callback):
    def honest(request):
        try:
            check_signature(S.token, request.query["signature"], request.query["timestamp"], request.query["nonce"])
        except InvalidSignatureException:
            return 403, b""
        return 200, request.query["echostr"].encode()

    callback.respond = honest
    assert sim.post("/sim/verify").json["ok"] is True

    callback.respond = lambda request: (200, request.query["echostr"].encode())
    gullible = sim.post("/sim/verify").json
    assert (gullible["ok"], gullible["accepted"]["ok"], gullible["wrong_token_refused"]["ok"]) == (False, True, False)

    callback.respond = lambda request: (200, b'"' + request.query["echostr"].encode() + b'"')
    assert sim.post("/sim/verify").json["accepted"]["ok"] is False
