"""The platform's API client against a platform that misbehaves."""

import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests

from bot.adapters import wechat_calls
from bot.adapters.wechat_calls import PlatformCalls
from bot.adapters.wechat_client import WechatpyClient
from bot.adapters.wechat_wire import broken_call, qr_address
from bot.clock import FixedClock
from bot.db import Database
from bot.errors import BotError, OutcomeUnknown, PlatformMisconfigured, SendRefused, WechatBusy
from bot.messages import Choice, Reply
from config.settings import Settings
from tests.unit.adapters.platform_server import Answer, Call, Platform, refuse

SEND = "/cgi-bin/message/custom/send"
TOKEN = "/cgi-bin/stable_token"
OPENID = "oTestFollower00000000000001A"
SHORT_S = (0.3, 0.3)


@pytest.fixture
def platform() -> Iterator[Platform]:
    found = Platform()
    stop = found.start()
    yield found
    stop()


@pytest.fixture
def client(
    platform: Platform, settings: Settings, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> WechatpyClient:
    monkeypatch.setattr(wechat_calls, "TIMEOUTS_S", SHORT_S)
    return WechatpyClient(PlatformCalls(replace(settings, wechat_api_base=platform.url), database, clock))


def test_text_goes_out_as_raw_chinese_with_the_ai_mark(client, platform) -> None:
    client.send(OPENID, Reply("您好🙂"))

    call = platform.called(SEND)[0]
    assert "您好🙂".encode() in call.body
    assert call.headers["Content-Type"].startswith("application/json")
    assert call.query == {"access_token": "token-1"}
    assert call.json == {
        "touser": OPENID,
        "msgtype": "text",
        "text": {"content": "您好🙂"},
        "aimsgcontext": {"is_ai_msg": 1},
    }


def test_words_of_a_person_carry_no_ai_mark(client, platform) -> None:
    client.send(OPENID, Reply("我是小钱", is_ai=False))

    assert "aimsgcontext" not in platform.called(SEND)[0].json


def test_choices_go_out_as_a_menu_message(client, platform) -> None:
    client.send(OPENID, Reply("满意吗", (Choice("rate:5", "满意"), Choice("rate:1", "不满意"))))

    sent = platform.called(SEND)[0].json
    assert sent["msgtype"] == "msgmenu"
    assert sent["msgmenu"] == {
        "head_content": "满意吗",
        "list": [{"id": "rate:5", "content": "满意"}, {"id": "rate:1", "content": "不满意"}],
        "tail_content": "",
    }


def test_a_line_that_opens_a_page_makes_it_a_text_with_links(client, platform) -> None:
    lines = (Choice("identity:bind", "去绑定", "https://bank.example/bind"), Choice("human:start", "人工"))

    client.send(OPENID, Reply("绑定企业", lines))

    sent = platform.called(SEND)[0].json
    assert (sent["msgtype"], sent["aimsgcontext"]) == ("text", {"is_ai_msg": 1})
    words, bind, human = sent["text"]["content"].split("\n")
    assert (words, bind) == ("绑定企业", '<a href="https://bank.example/bind">去绑定</a>')
    assert "msgmenuid=human:start" in human


@pytest.mark.parametrize(
    ("reply", "fits"),
    [
        (Reply("字" * 682), True),
        (Reply("字" * 683), False),
        (Reply("字" * 680, (Choice("a", "好"),)), True),
        (Reply("字" * 680, (Choice("a", "好的好"),)), False),
    ],
)
def test_text_over_2048_bytes_is_refused_before_it_is_sent(client, platform, reply, fits) -> None:
    if fits:
        client.send(OPENID, reply)
    else:
        with pytest.raises(SendRefused) as refused:
            client.send(OPENID, reply)
        assert refused.value.fields == {"reason": "too_long"}
    assert len(platform.called(SEND)) == fits


def test_half_a_surrogate_pair_does_not_stop_a_message(client, platform) -> None:
    client.send(OPENID, Reply("好\ud83d"))

    assert platform.called(SEND)[0].json["text"]["content"] == "好?"


def test_picture_is_sent_by_its_media_id(client, platform) -> None:
    client.send_image(OPENID, "media-1")

    assert platform.called(SEND)[0].json == {"touser": OPENID, "msgtype": "image", "image": {"media_id": "media-1"}}


@pytest.mark.parametrize(
    ("errcode", "kind", "reason"),
    [
        (45015, SendRefused, "window_closed"),
        (45047, SendRefused, "allowance_spent"),
        (43004, SendRefused, "not_following"),
        (40003, SendRefused, "40003"),
        (48002, SendRefused, "48002"),
        (40007, SendRefused, "40007"),
        (45002, SendRefused, "45002"),
        (99999, SendRefused, "99999"),
        (-1, WechatBusy, "-1"),
        (45009, WechatBusy, "45009"),
        (45011, WechatBusy, "45011"),
        (48001, PlatformMisconfigured, "48001"),
        (50002, PlatformMisconfigured, "50002"),
        (40164, PlatformMisconfigured, "40164"),
        (89503, PlatformMisconfigured, "89503"),
    ],
)
def test_error_code_becomes_our_error(client, platform, errcode, kind, reason) -> None:
    platform.says(SEND, refuse(errcode))

    with pytest.raises(BotError) as raised:
        client.send(OPENID, Reply("您好"))

    assert type(raised.value) is kind
    assert raised.value.fields.get("reason") == reason
    assert len(platform.called(SEND)) == 1


SPOILED = [
    Answer(status=502, body=b"<html>Bad Gateway</html>", content_type="text/html"),
    Answer(body=b"<html>ok</html>", content_type="text/html"),
    Answer(body=b'{"errcode": 0, "errm'),
    Answer(body=b"[]"),
    Answer(body=b'{"errcode":"none"}'),
    Answer(status=302, location="http://127.0.0.1:9/"),
    Answer(hangs=True),
    Answer(hangs_up=True),
]


@pytest.mark.parametrize("answer", SPOILED)
def test_send_without_a_readable_answer_has_an_unknown_outcome(client, platform, answer) -> None:
    platform.says(SEND, answer)

    for act in (lambda: client.send(OPENID, Reply("您好")), lambda: client.send_image(OPENID, "m")):
        with pytest.raises(OutcomeUnknown):
            act()

    assert len(platform.called(SEND)) == 2


@pytest.mark.parametrize("answer", SPOILED)
def test_repeatable_call_without_a_readable_answer_may_be_tried_later(client, platform, answer) -> None:
    platform.says("/cgi-bin/user/info", answer)

    with pytest.raises(WechatBusy):
        client.get_profile(OPENID)


@pytest.mark.parametrize(
    "answer", [*SPOILED, Answer(body=b"{}"), Answer(body=b'{"access_token":"","expires_in":7200}')]
)
def test_send_that_gets_no_token_surely_did_not_go(client, platform, answer) -> None:
    platform.says(TOKEN, answer)

    with pytest.raises(WechatBusy):
        client.send(OPENID, Reply("您好"))

    assert platform.called(SEND) == []


@pytest.mark.parametrize("errcode", [40001, 40125, 40013, 40164, 40243])
def test_refused_account_is_misconfigured(client, platform, errcode) -> None:
    platform.says(TOKEN, refuse(errcode))

    with pytest.raises(PlatformMisconfigured):
        client.send(OPENID, Reply("您好"))


def test_refused_connection_surely_did_not_send(client, platform, settings, database, clock) -> None:
    client.send(OPENID, Reply("一"))  # a token is there
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    elsewhere = WechatpyClient(PlatformCalls(replace(settings, wechat_api_base=address), database, clock))

    with pytest.raises(WechatBusy):
        elsewhere.send(OPENID, Reply("二"))


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_refused_token_is_replaced_and_the_call_repeated_once(client, platform, clock, errcode) -> None:
    good = Answer()
    platform.answers[SEND] = lambda call: refuse(errcode) if call.query["access_token"] == "token-1" else good
    client.show_typing(OPENID)
    clock.advance(60)

    client.send(OPENID, Reply("您好"))

    assert [call.query["access_token"] for call in platform.called(SEND)] == ["token-1", "token-2"]


def test_storm_of_refused_tokens_costs_two_calls_a_message_and_one_token_in_ten_seconds(
    client, platform, clock
) -> None:
    platform.says(SEND, refuse(40001))

    for _ in range(12):
        before = len(platform.called(SEND))
        with pytest.raises(WechatBusy):
            client.send(OPENID, Reply("您好"))
        assert len(platform.called(SEND)) - before <= 2
        clock.advance(2.5)

    assert len(platform.called(TOKEN)) <= 4  # 27.5 seconds


def test_upload_carries_the_same_bytes_again_after_a_refused_token(client, platform, clock) -> None:
    path = "/cgi-bin/media/upload"
    stored = Answer(json.dumps({"type": "image", "media_id": "media-1"}).encode())
    platform.answers[path] = lambda call: refuse(42001) if call.query["access_token"] == "token-1" else stored
    client.show_typing(OPENID)
    clock.advance(60)

    media_id = client.upload_image("二维码.PNG", b"\x89PNG-picture")

    assert media_id == "media-1"
    bodies = [call.body for call in platform.called(path)]
    assert len(bodies) == 2
    assert all(b"\x89PNG-picture" in body and b'filename="image.png"' in body for body in bodies)
    assert platform.called(path)[0].query["type"] == "image"


def test_typing_that_is_already_shown_is_as_good(client, platform) -> None:
    platform.says("/cgi-bin/message/custom/typing", refuse(45081))

    client.show_typing(OPENID)

    assert platform.called("/cgi-bin/message/custom/typing")[0].json == {"touser": OPENID, "command": "Typing"}


def test_profile_tells_following_time_scene_and_remark(client, platform) -> None:
    info = {"subscribe": 1, "openid": OPENID, "subscribe_time": 1700000000, "remark": "陶", "qr_scene": 0}
    platform.says("/cgi-bin/user/info", Answer(json.dumps({**info, "qr_scene_str": "desk7"}).encode()))

    found = client.get_profile(OPENID)

    assert found.is_following
    assert found.followed_at == datetime.fromtimestamp(1700000000, UTC)
    assert (found.scene, found.remark) == ("desk7", "陶")


def test_media_is_its_bytes_and_an_error_page_is_not(client, platform) -> None:
    platform.says("/cgi-bin/media/get", Answer(b"\xff\xd8\xff", content_type="image/jpeg"))
    assert client.download_media("m") == b"\xff\xd8\xff"

    platform.says("/cgi-bin/media/get", Answer(b"<html>", content_type="text/html"))
    with pytest.raises(WechatBusy):
        client.download_media("m")


def test_video_is_fetched_from_where_it_lies_without_the_token(client, platform) -> None:
    where = json.dumps({"video_url": f"{platform.url}/video"}).encode()
    platform.says("/cgi-bin/media/get", Answer(where))
    platform.says("/video", Answer(b"mp4", content_type="video/mp4"))

    assert client.download_media("m") == b"mp4"
    assert platform.called("/video")[0].query == {}


def test_lost_media_is_refused(client, platform) -> None:
    platform.says("/cgi-bin/media/get", refuse(40007))

    with pytest.raises(SendRefused) as refused:
        client.download_media("m")
    assert refused.value.fields["reason"] == "40007"


def test_menu_keeps_its_chinese(client, platform) -> None:
    client.create_menu([{"name": "我要贷款", "sub_button": []}])

    assert "我要贷款".encode() in platform.called("/cgi-bin/menu/create")[0].body


def test_qr_code_carries_the_scene_and_its_picture_has_an_address(client, platform) -> None:
    platform.says("/cgi-bin/qrcode/create", Answer(b'{"ticket":"gQ+/=="}'))

    address = client.create_qr("desk7", 600)

    assert address == f"{platform.url}/cgi-bin/showqrcode?ticket=gQ%2B%2F%3D%3D"
    assert platform.called("/cgi-bin/qrcode/create")[0].json == {
        "expire_seconds": 600,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "desk7"}},
    }


def test_certificate_that_does_not_fit_surely_did_not_send() -> None:
    error = broken_call(requests.exceptions.SSLError("certificate verify failed"), is_repeatable=False)

    assert type(error) is WechatBusy


@pytest.mark.parametrize(
    ("base", "host"),
    [("https://api.weixin.qq.com", "https://mp.weixin.qq.com"), ("http://127.0.0.1:8802", "http://127.0.0.1:8802")],
)
def test_qr_pictures_of_the_platform_lie_on_another_host(base, host) -> None:
    assert qr_address(base, "t") == f"{host}/cgi-bin/showqrcode?ticket=t"


def test_no_error_or_log_line_shows_a_token_or_the_secret(client, platform, settings, caplog, monkeypatch) -> None:
    caplog.set_level(logging.DEBUG)
    answers: list[Answer] = [
        Answer(hangs_up=True),
        refuse(40164),
        refuse(45015),
        Answer(status=502),
        Answer(hangs=True),
    ]
    client.send(OPENID, Reply("一"))

    shown = ""
    for answer in answers:
        platform.says(SEND, answer)
        with pytest.raises(BotError) as raised:
            client.send(OPENID, Reply("二"))
        assert raised.value.__suppress_context__
        shown += f"{raised.value} {raised.value.fields}"

    shown += "".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert "token-1" not in shown
    assert settings.wechat_app_secret not in shown


def test_answer_of_an_unscripted_path_is_ok(platform) -> None:
    assert platform.answer(Call("/x", {}, {}, b"")) == Answer()
