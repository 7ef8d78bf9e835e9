"""The phone page in a real browser: what a person sees and taps."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from wechatpy.crypto import WeChatCrypto

from simulator import samples
from simulator.settings import SimSettings
from tests.simulator.conftest import OPENID

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
S = SimSettings()
MENU = {
    "button": [
        {"name": "贷款服务", "sub_button": [{"type": "click", "name": "贷款产品", "key": "LOAN"}]},
        {"type": "click", "name": "转人工", "key": "HUMAN"},
    ]
}

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture
def page(live) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 844}, base_url=live)
        page.set_default_timeout(10_000)
        yield page
        browser.close()


def send(api, openid, msgtype, payload, **more):
    reply = api(
        "POST", "/cgi-bin/message/custom/send", {"touser": openid, "msgtype": msgtype, msgtype: payload, **more}
    )
    assert reply["errcode"] == 0


def test_an_owner_follows_writes_and_taps_a_menu_line(page, api, sim, callback):
    page.goto("/phone")
    page.get_by_role("button", name="关注公众号").click()
    page.get_by_label("输入消息").fill("回单在哪下")
    page.get_by_label("输入消息").press("Enter")
    expect(page.locator(".mine .bubble")).to_have_text("回单在哪下")
    expect(page.locator(".sending")).to_have_count(0)

    (follower,) = sim.get("/sim/followers").json
    send(
        api,
        follower["openid"],
        "msgmenu",
        {"head_content": "解决了吗", "list": [{"id": "7", "content": "没解决"}]},
        aimsgcontext={"is_ai_msg": 1},
    )
    expect(page.locator(".ai")).to_have_text("内容由第三方AI生成")
    page.get_by_role("button", name="没解决").click()

    expect(page.locator(".mine .bubble").nth(1)).to_have_text("没解决")
    expect(page.locator(".sending")).to_have_count(0)
    assert [
        entry["text"]
        for entry in sim.get(f"/sim/followers/{follower['openid']}/transcript").json
        if entry["from"] == "user"
    ] == ["回单在哪下", "没解决"]


def test_markup_in_any_message_stays_text(page, api, sim, follower):
    alerts = []

    def dismiss(dialog):
        alerts.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    attack = '<img src=x onerror=alert(1)><a href="javascript:alert(2)">点我</a><script>alert(3)</script>'
    sim.post(f"/sim/followers/{OPENID}/messages", json={"type": "text", "content": attack})
    send(api, follower, "text", {"content": attack})
    send(
        api,
        follower,
        "news",
        {"articles": [{"title": attack, "url": "javascript:alert(4)", "picurl": "javascript:alert(5)"}]},
    )
    page.goto(f"/phone?openid={OPENID}")

    expect(page.locator(".line")).to_have_count(3)
    assert page.locator(".list a, .list script, .list img").count() == 0
    assert "<img src=x" in page.locator(".list").inner_text()
    assert alerts == []


def test_links_are_kept_when_they_are_safe(page, api, sim, callback, follower):
    text = '看<a href="https://example.com/help">帮助</a>或<a href="weixin://bizmsgmenu?msgmenucontent=转人工&msgmenuid=9">找人</a>'
    send(api, follower, "text", {"content": text})
    page.goto(f"/phone?openid={OPENID}")

    expect(page.get_by_role("link", name="帮助")).to_have_attribute("href", "https://example.com/help")
    page.get_by_role("link", name="找人").click()
    expect(page.locator(".mine .bubble")).to_have_text("转人工")


def test_menu_typing_and_leaving(page, api, sim, callback, follower):
    api("POST", "/cgi-bin/menu/create", MENU)
    page.goto(f"/phone?openid={OPENID}")
    page.get_by_role("button", name="贷款服务").click()
    page.get_by_role("button", name="贷款产品").click()
    expect(page.get_by_role("button", name="贷款产品")).to_be_hidden()

    api("POST", "/cgi-bin/message/custom/typing", {"touser": OPENID, "command": "Typing"})
    expect(page.get_by_role("heading")).to_have_text("对方正在输入…")
    send(api, follower, "text", {"content": "您好"})
    expect(page.get_by_role("heading")).to_have_text(S.account_name)

    page.get_by_label("切换到键盘").click()
    page.get_by_label("更多").click()
    page.get_by_role("button", name="取消关注").click()
    expect(page.get_by_role("button", name="关注公众号")).to_be_visible()


def test_a_broken_callback_shows_the_grey_notice(page, sim, callback, follower):
    callback.respond = lambda _: (200, b'{"oops": 1}')
    page.goto(f"/phone?openid={OPENID}")
    page.get_by_label("输入消息").fill("你好")
    page.get_by_role("button", name="发送").click()

    expect(page.locator(".notice")).to_have_text("该公众号提供的服务出现故障，请稍后再试")


def test_an_article_that_was_sent_to_many_is_opened_shared_scanned_and_asked_about(page, api, sim, world, callback):
    world.faults.receipts.lose = 1.0
    sim.post("/sim/followers", json={"openid": OPENID, "name": "陶先生"})
    others = world.add_many("other", 2)
    scene = {"expire_seconds": 3600, "action_name": "QR_STR_SCENE", "action_info": {"scene": {"scene_str": "m12v1"}}}
    ticket = api("POST", "/cgi-bin/qrcode/create", scene)["ticket"]
    code = world.library.add_to_article(
        "qr.png", sim.get("/cgi-bin/showqrcode", query_string={"ticket": ticket}).data, 0
    )
    cover, _ = world.library.add("image", "a.png", samples.picture(), 0)
    article = {
        "title": "小微贷款怎么选", "content": f'<p>三分钟看懂</p><img src="{code}">', "thumb_media_id": cover.media_id,
        "content_source_url": "https://example.com/full",
    }  # fmt: skip
    media_id = api("POST", "/cgi-bin/draft/add", {"articles": [article]})["media_id"]
    page.goto(f"/phone?openid={OPENID}")
    body = {"touser": [OPENID, *others], "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    api("POST", "/cgi-bin/message/mass/send", body)
    sim.post("/sim/clock", json={"advance_s": 10})

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="小微贷款怎么选").click()
    article_page = opened.value
    expect(article_page.get_by_role("heading", name="小微贷款怎么选")).to_be_visible()
    expect(article_page.get_by_role("link", name="阅读原文")).to_have_attribute("href", "https://example.com/full")
    article_page.get_by_role("button", name="分享").click()
    expect(article_page.get_by_role("status")).to_have_text("已分享")
    article_page.get_by_role("button", name="识别图中的二维码").click()
    expect(article_page.get_by_role("status")).to_have_text("已识别，请回到公众号查看")
    article_page.get_by_role("link", name="发消息").click()
    article_page.get_by_label("输入消息").fill("想了解一下")
    article_page.get_by_label("输入消息").press("Enter")
    expect(article_page.locator(".mine .bubble")).to_have_text("想了解一下")
    expect(article_page.locator(".sending")).to_have_count(0)

    (row,) = sim.get("/sim/articles").json
    assert (row["readers"], row["sharers"]) == (1, 1)
    bodies = [crypto_opened(push) for push in callback.received[-2:]]
    assert "<![CDATA[SCAN]]>" in bodies[0]
    assert "<![CDATA[m12v1]]>" in bodies[0]
    assert f"<MsgDataId><![CDATA[{row['msg_data_id']}]]></MsgDataId>" in bodies[1]


def crypto_opened(push):
    query = push.query
    crypto = WeChatCrypto(S.token, S.aes_key, S.app_id)
    return crypto.decrypt_message(push.body, query["msg_signature"], query["timestamp"], query["nonce"])
