import pytest

from simulator import samples
from tests.simulator.conftest import OPENID

SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"


def send(api, openid, text="好的"):
    return api("POST", SEND, {"touser": openid, "msgtype": "text", "text": {"content": text}})["errcode"]


def act(sim, body):
    assert sim.post(f"/sim/followers/{OPENID}/messages", json=body).status_code == 200


def advance(sim, seconds):
    sim.post("/sim/clock", json={"advance_s": seconds})


@pytest.mark.parametrize(
    ("body", "count", "valid_s"),
    [
        ({"type": "text", "content": "你好"}, 5, 48 * 3600),
        ({"type": "image"}, 5, 48 * 3600),
        ({"type": "voice", "recognition": "转人工"}, 5, 48 * 3600),
        ({"type": "location"}, 5, 48 * 3600),
        ({"type": "click", "key": "LOAN"}, 3, 60),
        ({"type": "scancode_push", "key": "S", "result": "x"}, 3, 60),
        ({"type": "scancode_waitmsg", "key": "S", "result": "x"}, 3, 60),
        ({"type": "text", "content": "满意", "bizmsgmenuid": "101"}, 3, 60),
        ({"type": "scan", "scene": "b1"}, 3, 60),
        ({"type": "view", "url": "https://example.com"}, 0, 0),
        ({"type": "location_report"}, 0, 0),
    ],
)
def test_each_trigger_opens_its_allowance_and_no_more(sim, api, follower, body, count, valid_s):
    advance(sim, 61)  # the allowance of following is over
    act(sim, body)

    assert [send(api, follower) for _ in range(count)] == [0] * count
    assert send(api, follower) == (45047 if count else 45015)
    advance(sim, valid_s)
    assert send(api, follower) == 45015


def test_following_opens_three_messages_for_a_minute(sim, api, follower):
    assert [send(api, follower) for _ in range(4)] == [0, 0, 0, 45047]
    advance(sim, 60)
    assert send(api, follower) == 45015


def test_the_bucket_that_ends_first_is_used_first(sim, api, follower):
    advance(sim, 61)
    act(sim, {"type": "text", "content": "你好"})
    act(sim, {"type": "click", "key": "LOAN"})

    assert [send(api, follower) for _ in range(3)] == [0, 0, 0]
    advance(sim, 61)  # only the click's bucket has lapsed, and it was used

    assert [send(api, follower) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


def test_a_new_message_refills_to_five_and_does_not_add_up(sim, api, follower):
    advance(sim, 61)
    act(sim, {"type": "text", "content": "一"})
    act(sim, {"type": "text", "content": "二"})

    assert [send(api, follower) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


def test_a_refused_message_costs_no_allowance(api, follower):
    assert [send(api, follower, "") for _ in range(5)] == [44004] * 5
    assert send(api, follower) == 0


def test_nothing_may_be_sent_after_unsubscribing(sim, api, follower):
    act(sim, {"type": "text", "content": "你好"})
    act(sim, {"type": "unsubscribe"})

    assert send(api, follower) == 45015


def test_a_foreign_openid_is_40003(api, follower):
    assert send(api, "oSomebodyElse000000000000000") == 40003


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"msgtype": "text", "text": {"content": "字" * 682}}, 0),
        ({"msgtype": "text", "text": {"content": "字" * 683}}, 45002),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text"}, 44004),
        ({"msgtype": "poem", "poem": {}}, 40008),
        ({"msgtype": "mpnews", "mpnews": {"media_id": "x"}}, 40008),
        ({}, 40008),
        ({"msgtype": "image", "image": {"media_id": "nope"}}, 40007),
        ({"msgtype": "news", "news": {"articles": [{"title": "a"}, {"title": "b"}]}}, 45008),
        ({"msgtype": "news", "news": {"articles": {"title": "a"}}}, 45162),
        ({"msgtype": "news", "news": {"articles": []}}, 44003),
        ({"msgtype": "news", "news": {"articles": [{"title": "a", "url": "https://example.com"}]}}, 0),
        ({"msgtype": "msgmenu", "msgmenu": {"head_content": "满意吗", "list": [{"id": "1", "content": "是"}]}}, 0),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"id": 1, "content": "是"}]}}, 61451),
        ({"msgtype": "msgmenu", "msgmenu": {"list": []}}, 61451),
        ({"msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "nope"}}, 53600),
        ({"msgtype": "wxcard", "wxcard": {"card_id": "p" + "a" * 27}}, 0),
        ({"msgtype": "wxcard", "wxcard": {"card_id": "x"}}, 40073),
        ({"msgtype": "text", "text": {"content": "a"}, "customservice": {"kf_account": "no@gh"}}, 61452),
    ],
)
def test_a_message_is_judged_by_its_kind(api, follower, body, errcode):
    assert api("POST", SEND, {"touser": follower, **body})["errcode"] == errcode


def test_media_messages_show_what_was_uploaded(sim, api, follower, world):
    with world.lock:
        image = world.media.add("image", "a.png", samples.picture()).media_id
        thumb = world.media.add("thumb", "t.jpg", b"\xff\xd8\xff\xe0").media_id
        voice = world.media.add("voice", "a.amr", samples.voice()).media_id
        video = world.media.add("video", "a.mp4", samples.video()).media_id
    mini = {"title": "t", "appid": "wx00000000000000aa", "pagepath": "p", "thumb_media_id": thumb}
    act(sim, {"type": "text", "content": "你好"})

    codes = [
        api("POST", SEND, {"touser": follower, "msgtype": kind, kind: payload})["errcode"]
        for kind, payload in [
            ("image", {"media_id": image}),
            ("voice", {"media_id": voice}),
            ("video", {"media_id": video, "thumb_media_id": thumb, "title": "t", "description": "d"}),
            ("music", {"musicurl": "https://e.com/a.mp3", "hqmusicurl": "", "thumb_media_id": thumb}),
            ("miniprogrampage", mini),
            ("image", {"media_id": voice}),
        ]
    ]

    assert codes == [0, 0, 0, 0, 0, 40007]
    shown = sim.get(f"/sim/followers/{follower}/transcript").json
    assert [entry["type"] for entry in shown] == ["text", "image", "voice", "video", "music", "miniprogrampage"]
    assert sim.get(shown[1]["url"].partition(":8802")[2]).data == samples.picture()


def test_ai_mark_and_service_account_reach_the_phone(sim, api, follower):
    api("POST", "/customservice/kfaccount/add", {"kf_account": "qian@gh_0123456789ab", "nickname": "小钱"})
    body = {"touser": follower, "msgtype": "text", "text": {"content": "您好"}}

    api("POST", SEND, {**body, "aimsgcontext": {"is_ai_msg": 1}})
    api("POST", SEND, {**body, "customservice": {"kf_account": "qian@gh_0123456789ab"}})

    first, second = sim.get(f"/sim/followers/{follower}/transcript").json
    assert first["ai"] is True
    assert first["via"] == "custom"
    assert "ai" not in second
    assert second["kf_nick"] == "小钱"


@pytest.mark.parametrize("content_type", [None, "application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_escaped_chinese_stays_as_it_was_written_whatever_the_content_type(sim, world, follower, content_type):
    token = world.tokens.issue_stable(force=False)["access_token"]
    raw = rb'{"touser":"%s","msgtype":"text","text":{"content":"\u4f60\u597d \\u4f60 \u0041"}}' % follower.encode()

    reply = sim.post(f"{SEND}?access_token={token}", data=raw, content_type=content_type)

    assert reply.json["errcode"] == 0
    assert sim.get(f"/sim/followers/{follower}/transcript").json[-1]["text"] == r"\u4f60\u597d \u4f60 A"


def test_a_published_article_can_be_sent(sim, api, follower):
    sim.post("/sim/articles", json={"article_id": "A1", "title": "防骗提示", "url": "https://example.com/a"})

    assert (
        api("POST", SEND, {"touser": follower, "msgtype": "mpnewsarticle", "mpnewsarticle": {"article_id": "A1"}})[
            "errcode"
        ]
        == 0
    )


def typing(api, openid, command="Typing"):
    return api("POST", TYPING, {"touser": openid, "command": command})["errcode"]


def test_typing_needs_contact_in_the_last_thirty_seconds(sim, api, follower):
    advance(sim, 31)
    assert typing(api, follower) == 45080

    act(sim, {"type": "text", "content": "在吗"})
    assert typing(api, follower) == 0


def test_typing_may_not_be_repeated_within_fifteen_seconds(sim, api, follower):
    assert [typing(api, follower), typing(api, follower)] == [0, 45081]
    advance(sim, 15)
    assert typing(api, follower) == 0


def test_typing_ends_by_cancel_or_by_a_message(api, follower):
    assert [typing(api, follower), typing(api, follower, "CancelTyping"), typing(api, follower)] == [0, 0, 0]
    send(api, follower)
    assert typing(api, follower) == 0


def test_an_unknown_typing_command_is_45072(api, follower):
    assert typing(api, follower, "Sleeping") == 45072
