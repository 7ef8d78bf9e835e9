"""Two client libraries that know the real platform talk to the simulator; only the host is rewritten."""

from urllib.parse import urlsplit

import pytest
import requests
import werobot.client
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from simulator import samples
from simulator.settings import SimSettings
from tests.simulator.conftest import OPENID

S = SimSettings()
HOSTS = ("https://api.weixin.qq.com", "https://mp.weixin.qq.com")


class ToSimulator(HTTPAdapter):
    """Sends what is meant for the platform to the simulator."""

    def __init__(self, base):
        super().__init__()
        self._base = base

    def send(self, request, *args, **options):
        parts = urlsplit(request.url)
        request.url = f"{self._base}{parts.path}?{parts.query}"
        return super().send(request, *args, **options)


def to_simulator(session, live):
    for host in HOSTS:
        session.mount(host, ToSimulator(live))
    return session


@pytest.fixture
def client(live):
    client = WeChatClient(S.app_id, S.app_secret, auto_retry=False)
    to_simulator(client._http, live)
    yield client
    client._http.close()


def transcript(sim):
    return sim.get(f"/sim/followers/{OPENID}/transcript").json


def test_wechatpy_sends_every_kind_it_knows(client, sim, follower):
    sim.post(f"/sim/followers/{OPENID}/messages", json={"type": "text", "content": "你好"})
    image = client.media.upload("image", ("a.png", samples.picture()))["media_id"]
    voice = client.media.upload("voice", ("a.amr", samples.voice()))["media_id"]

    client.message.send_text(OPENID, "您好,请稍候")
    client.message.send_image(OPENID, image)
    client.message.send_voice(OPENID, voice)
    client.message.send_articles(
        OPENID, [{"title": "防骗", "description": "d", "url": "https://e.com", "image": "https://e.com/a.png"}]
    )

    assert [entry["type"] for entry in transcript(sim)[1:]] == ["text", "image", "voice", "news"]
    assert transcript(sim)[1]["text"] == "您好,请稍候"
    assert client.media.download(image).content == samples.picture()


def test_wechatpy_sees_the_platforms_errors(client, sim, follower):
    with pytest.raises(WeChatClientException) as refused:
        client.message.send_text("oNobody", "x")
    assert refused.value.errcode == 40003

    sim.post("/sim/clock", json={"advance_s": 61})
    with pytest.raises(WeChatClientException) as closed:
        client.message.send_text(OPENID, "x")
    assert closed.value.errcode == 45015


def test_wechatpy_manages_menu_users_codes_and_addresses(client, follower):
    menu = {"button": [{"type": "click", "name": "贷款", "key": "LOAN"}]}

    client.menu.create(menu)
    assert client.menu.get()["menu"]["button"][0]["name"] == "贷款"
    client.menu.delete()
    assert client.user.get(OPENID)["subscribe"] == 1
    assert client.user.get_followers()["data"]["openid"] == [OPENID]
    assert client.misc.get_wechat_ips() == ["127.0.0.1"]
    code = client.qrcode.create(
        {"action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "a"}}, "expire_seconds": 60}
    )
    # Its show() opens a connection of its own that cannot be rewritten; the address it would open is used instead.
    assert client._http.get(client.qrcode.get_url(code)).content.startswith(b"\x89PNG")


def test_wechatpy_renews_a_revoked_token_when_asked_to(live, sim, follower):
    client = WeChatClient(S.app_id, S.app_secret)
    to_simulator(client._http, live)
    client.message.send_text(OPENID, "一")
    sim.post("/sim/faults", json={"tokens": {"revoke_now": True}})
    client.message.send_text(OPENID, "二")
    client._http.close()

    assert [entry["text"] for entry in transcript(sim)] == ["一", "二"]
    assert [call["reply"]["errcode"] for call in sim.get("/sim/calls?path=/cgi-bin/message/custom/send").json] == [
        0,
        40001,
        0,
    ]


def test_werobot_sends_messages_and_manages_the_menu(live, sim, follower, monkeypatch):
    session = to_simulator(requests.Session(), live)
    monkeypatch.setattr(werobot.client.requests, "request", session.request)
    client = werobot.client.Client({"APP_ID": S.app_id, "APP_SECRET": S.app_secret})

    client.send_text_message(OPENID, "您好")
    client.create_menu({"button": [{"type": "click", "name": "贷款", "key": "LOAN"}]})
    assert client.get_menu()["menu"]["button"][0]["key"] == "LOAN"
    assert client.get_user_info(OPENID)["openid"] == OPENID
    assert client.get_ip_list() == {"ip_list": ["127.0.0.1"]}
    with pytest.raises(werobot.client.ClientException, match="40003"):
        client.send_text_message("oNobody", "x")
    session.close()

    assert [entry["text"] for entry in transcript(sim)] == ["您好"]
