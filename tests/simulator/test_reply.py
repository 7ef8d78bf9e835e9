"""Every kind of answer to a push, and what the phone then shows."""

import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply

from simulator import crypto, samples
from simulator.push.delivery import FAILURE_NOTICE
from simulator.settings import SimSettings
from tests.simulator.conftest import OPENID

S = SimSettings()
GH = S.account_id


def xml(kind="text", inner="<Content><![CDATA[好的]]></Content>", to=OPENID, sender=GH, created="1700000000"):
    return (
        f"<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
        f"<CreateTime>{created}</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{inner}</xml>"
    )


def item(title="贷款"):
    return f"<item><Title>{title}</Title><Description>d</Description><PicUrl>https://e.com/a.png</PicUrl><Url>https://e.com</Url></item>"


def news(items, count=None):
    return xml("news", f"<ArticleCount>{count or items}</ArticleCount><Articles>{item() * items}</Articles>")


def answer(sim, callback, body, status=200, act=None):
    callback.respond = lambda _: (status, body if isinstance(body, bytes) else body.encode())
    return sim.post(f"/sim/followers/{OPENID}/messages", json=act or {"type": "text", "content": "你好"}).json


@pytest.fixture
def plain(sim, follower):
    sim.put("/sim/mode", json={"mode": "plain"})


@pytest.mark.parametrize("body", ["success", ""])
def test_success_and_nothing_show_nothing(sim, callback, plain, body):
    result = answer(sim, callback, body)

    assert result["attempts"][0]["body_ok"] is True
    assert result["shown"] == []


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (xml(), {"type": "text", "text": "好的"}),
        (xml(inner="<Content>" + "字" * 682 + "</Content>"), {"type": "text", "text": "字" * 682}),
        (
            news(1),
            {
                "type": "news",
                "articles": [
                    {"title": "贷款", "description": "d", "picurl": "https://e.com/a.png", "url": "https://e.com"}
                ],
            },
        ),
    ],
)
def test_a_good_reply_is_shown_as_passive(sim, callback, plain, body, shown):
    (entry,) = answer(sim, callback, body)["shown"]

    assert {**shown, "from": "account", "via": "passive"}.items() <= entry.items()


@pytest.mark.parametrize(
    "body",
    [
        '{"errcode":0}',
        "ok",
        " success",
        "\n" + xml(),
        " " + xml(),
        xml()[:-3],
        "<xml><ToUserName>" + OPENID,
        xml(inner="<Content></Content>"),
        xml(inner="<Content><![CDATA[]]></Content>"),
        xml(inner=""),
        xml(to=GH, sender=OPENID),
        xml(sender=S.app_id),
        xml(to="oSomebodyElse000000000000000"),
        xml(created="now"),
        xml(created=""),
        xml(kind="poem"),
        xml(kind=""),
        xml(inner="<Content>" + "字" * 683 + "</Content>"),
        xml("image", "<Image><MediaId>nope</MediaId></Image>"),
        xml("voice", "<Voice><MediaId></MediaId></Voice>"),
        news(2),
        news(1, count=2),
        xml("news", "<ArticleCount>0</ArticleCount><Articles></Articles>"),
        '<!DOCTYPE x [<!ENTITY e "x">]>' + xml(),
        xml().replace("<xml>", '<xml><!DOCTYPE x [<!ENTITY e "x">]>', 1),
    ],
)
def test_a_malformed_reply_shows_the_failure_notice_and_is_not_repeated(sim, callback, plain, body):
    result = answer(sim, callback, body)

    assert len(result["attempts"]) == 1
    assert result["attempts"][0]["body_ok"] is False
    assert result["attempts"][0]["reason"]
    assert [(entry["from"], entry["text"]) for entry in result["shown"]] == [("system", FAILURE_NOTICE)]


@pytest.mark.parametrize("status", [201, 302, 403, 404, 500, 503])
def test_any_status_but_200_shows_the_failure_notice(sim, callback, plain, status):
    assert answer(sim, callback, "success", status)["shown"][0]["text"] == FAILURE_NOTICE


def test_up_to_eight_articles_may_answer_an_event(sim, callback, plain):
    click = {"type": "click", "key": "K"}

    assert len(answer(sim, callback, news(8), act=click)["shown"][0]["articles"]) == 8
    assert answer(sim, callback, news(9), act=click)["shown"][0]["text"] == FAILURE_NOTICE


def test_media_replies_need_a_living_file_of_the_right_kind(sim, callback, plain, world):
    with world.lock:
        image = world.media.add("image", "a.png", samples.picture()).media_id
        voice = world.media.add("voice", "a.amr", samples.voice()).media_id
        video = world.media.add("video", "a.mp4", samples.video()).media_id
    good = [
        xml("image", f"<Image><MediaId>{image}</MediaId></Image>"),
        xml("voice", f"<Voice><MediaId>{voice}</MediaId></Voice>"),
        xml("video", f"<Video><MediaId>{video}</MediaId><Title>t</Title></Video>"),
        xml("music", f"<Music><ThumbMediaId>{image}</ThumbMediaId><Title>t</Title></Music>"),
    ]

    assert [answer(sim, callback, body)["shown"][0]["type"] for body in good] == ["image", "voice", "video", "music"]
    swapped = xml("image", f"<Image><MediaId>{voice}</MediaId></Image>")
    assert answer(sim, callback, swapped)["shown"][0]["text"] == FAILURE_NOTICE
    sim.post("/sim/clock", json={"advance_s": 3 * 86_400})
    assert answer(sim, callback, good[0])["shown"][0]["text"] == FAILURE_NOTICE


def test_handing_over_to_the_platforms_own_desk_shows_nothing(sim, callback, plain):
    result = answer(
        sim, callback, xml("transfer_customer_service", "<TransInfo><KfAccount>a@b</KfAccount></TransInfo>")
    )

    assert result["attempts"][0]["body_ok"] is True
    assert result["shown"] == []


def sealed(text=None, token=S.token, app_id=S.app_id, key=S.aes_key):
    return WeChatCrypto(token, key, app_id).encrypt_message(text or xml(), "77", "1700000000")


def test_an_encrypted_reply_of_a_second_implementation_is_shown(sim, callback, follower):
    reply = TextReply(content="您好，我是智能客服", source=GH, target=OPENID).render()

    (entry,) = answer(sim, callback, sealed(reply))["shown"]

    assert entry["text"] == "您好，我是智能客服"


def test_compat_mode_takes_both_forms(sim, callback, follower):
    sim.put("/sim/mode", json={"mode": "compat"})

    assert answer(sim, callback, sealed())["shown"][0]["text"] == "好的"
    assert answer(sim, callback, xml())["shown"][0]["text"] == "好的"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (xml(), "plain reply in safe mode"),
        (sealed(token="other"), "bad MsgSignature"),
        (sealed(app_id="wxffffffffffffffff"), "another app id"),
        (sealed(key=S.aes_key_previous), "encrypted reply"),
        (sealed(xml(inner="<Content></Content>")), "Content is missing or empty"),
        (sealed("success"), "does not start with <xml>"),
    ],
)
def test_safe_mode_refuses_what_is_not_rightly_encrypted(sim, callback, follower, body, reason):
    result = answer(sim, callback, body)

    assert reason in result["attempts"][0]["reason"]
    assert result["shown"][0]["text"] == FAILURE_NOTICE


def test_plain_mode_refuses_an_encrypted_reply(sim, callback, plain):
    encrypted = crypto.encrypt(xml(), S.aes_key, S.app_id)

    assert answer(sim, callback, f"<xml><Encrypt>{encrypted}</Encrypt></xml>")["shown"][0]["text"] == FAILURE_NOTICE
