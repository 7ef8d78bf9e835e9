"""The bank's binding page: WeChat tells who opened it, a code proves the phone, and the product hears of it in signed facts."""

import json
import shutil
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests.simulator.conftest import OPENID

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ZHANG, NOBODY = "19900000002", "19911112222"
ASKED = ("service", "marketing", "profiling", "calls", "sms")
NOTHING = dict.fromkeys(ASKED, False)


@pytest.fixture
def wechat(live, callback, follower) -> Iterator[httpx.Client]:
    """The browser inside the follower's WeChat."""
    callback.respond = lambda _: (200, b"{}")
    with httpx.Client(base_url=live, cookies={"wechat_openid": OPENID}) as client:
        yield client


@pytest.fixture
def bank(wechat):
    """The page's calls once it is open."""
    wechat.headers["X-Visit"] = opened(wechat)
    return wechat


def opened(wechat) -> str:
    page = wechat.get("/bank/bind", follow_redirects=True)
    assert page.status_code == 200
    return urlsplit(str(page.url)).fragment


def log_in(bank, phone: str = ZHANG):
    sms = bank.post("/bank/bind/code", json={"phone": phone}).json()["sms"]
    code = sms.partition("验证码")[2][:6]
    return bank.post("/bank/bind/login", json={"code": code}).json()


def facts(callback) -> list[tuple[str, dict]]:
    """What the product was told, as (type, event)."""
    events = [json.loads(push.body) for push in callback.received if push.path == "/bank/events"]
    return [(event["type"], event) for event in events]


# ---- who opens it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "shown"), [("?size=large", "size=large"), ("", ""), ("?size=huge", "")])
def test_large_letters_stay_large_on_the_way_through_the_login(wechat, asked: str, shown: str) -> None:
    page = wechat.get(f"/bank/bind{asked}", follow_redirects=True)

    assert page.status_code == 200
    assert urlsplit(str(page.url)).query == shown
    assert urlsplit(str(page.url)).fragment


def test_the_page_learns_who_opened_it_from_wechat_alone(wechat, sim) -> None:
    assert opened(wechat)

    exchanged = sim.get("/sim/calls?path=/sns/oauth2/access_token").json[-1]
    assert exchanged["query"]["secret"] == "***"
    assert exchanged["reply"]["openid"] == OPENID
    assert exchanged["reply"]["scope"] == "snsapi_base"


def test_outside_wechat_the_page_does_not_open(live, callback) -> None:
    page = httpx.get(f"{live}/bank/bind", follow_redirects=True)

    assert (page.status_code, page.text) == (400, "请在微信客户端打开链接")


@pytest.mark.parametrize("broken", ["state", "code"])
def test_a_return_that_was_not_begun_here_opens_nothing(wechat, broken: str) -> None:
    leave = wechat.get("/bank/bind").headers["location"]
    back = httpx.URL(wechat.get(leave).headers["location"])

    page = wechat.get(back.copy_set_param(broken, "f" * 32))

    assert page.status_code == 400
    assert page.text.endswith("请回到微信重新打开。")


def test_a_way_in_is_good_once(wechat) -> None:
    leave = wechat.get("/bank/bind").headers["location"]
    back = wechat.get(leave).headers["location"]

    assert [wechat.get(back).status_code for _ in range(2)] == [302, 400]


def test_a_preview_of_the_page_binds_nobody(wechat) -> None:
    leave = wechat.get("/bank/bind").headers["location"]
    back = wechat.get(f"{leave.partition('#')[0]}&snapshot=1").headers["location"]

    assert wechat.get(back).text == "请点右下角“使用完整服务”后再绑定。"


@pytest.mark.parametrize("visit", ["", "guessed"])
def test_nobody_comes_in_by_a_guessed_visit(bank, visit: str) -> None:
    assert bank.get("/bank/bind/state", headers={"X-Visit": visit}).status_code == 401


def test_a_visit_ends(bank, sim) -> None:
    sim.post("/sim/clock", json={"advance_s": 1801})

    assert bank.get("/bank/bind/state").status_code == 401


# ---- the phone -----------------------------------------------------------------------------------------------------


def test_the_right_code_shows_the_firms_of_that_phone_and_tells_the_product(bank, callback) -> None:
    state = log_in(bank)

    assert state["phone"] == "199****0002"
    assert [firm["name"] for firm in state["firms"]] == ["张记汽配商行"]
    [(kind, event)] = facts(callback)
    assert (kind, event["openid"]) == ("phone_verified", OPENID)
    assert ZHANG not in json.dumps(event)


def test_a_phone_without_a_firm_binds_nothing(bank) -> None:
    assert log_in(bank, NOBODY)["firms"] == []

    refused = bank.post("/bank/bind/confirm", json={"firm_id": "F00002", "consents": NOTHING})

    assert (refused.status_code, refused.json()) == (400, {"error": "请选择要绑定的企业。"})


@pytest.mark.parametrize("phone", ["1990000000", "29900000002", "", None, 19900000002])
def test_only_a_mobile_number_gets_a_code(bank, phone: object) -> None:
    assert bank.post("/bank/bind/code", json={"phone": phone}).status_code == 400


def test_a_code_is_wrong_five_times_and_then_gone(bank) -> None:
    sms = bank.post("/bank/bind/code", json={"phone": ZHANG}).json()["sms"]
    right = sms.partition("验证码")[2][:6]
    wrong = "000000" if right != "000000" else "000001"

    errors = [bank.post("/bank/bind/login", json={"code": wrong}).json()["error"] for _ in range(6)]

    assert set(errors[:5]) == {"验证码不对，请再看一下短信。"}
    assert errors[5].startswith("输错次数太多")
    assert bank.post("/bank/bind/login", json={"code": right}).status_code == 400


def test_a_code_lapses(bank, sim) -> None:
    bank.post("/bank/bind/code", json={"phone": ZHANG})
    sim.post("/sim/clock", json={"advance_s": 301})

    assert bank.post("/bank/bind/login", json={"code": "123456"}).json()["error"].startswith("验证码已过期")


# ---- binding and consents ------------------------------------------------------------------------------------------


def test_binding_is_reported_with_a_word_on_every_purpose(bank, callback, sim) -> None:
    log_in(bank)

    state = bank.post("/bank/bind/confirm", json={"firm_id": "F00002", "consents": NOTHING | {"service": True}}).json()

    assert state["is_told"]
    assert state["bound"]["name"] == "张记汽配商行"
    _, (bound, binding), *words = facts(callback)
    assert (bound, binding["firm_id"], binding["openid"]) == ("binding_created", "F00002", OPENID)
    assert {event["data"]["purpose"]: event["data"]["granted"] for _, event in words} == NOTHING | {"service": True}
    assert {(event["data"]["text_version"], event["data"]["channel"]) for _, event in words} == {
        (state["text_version"], "bank_page")
    }


def test_refusing_everything_binds_all_the_same(bank) -> None:
    log_in(bank)

    assert bank.post("/bank/bind/confirm", json={"firm_id": "F00002", "consents": NOTHING}).json()["bound"]


@pytest.mark.parametrize(
    "consents", [None, {}, {"service": True}, NOTHING | {"other": True}, NOTHING | {"sms": "yes"}], ids=str
)
def test_what_was_not_asked_cannot_be_agreed_to(bank, callback, consents: object) -> None:
    log_in(bank)

    assert bank.post("/bank/bind/confirm", json={"firm_id": "F00002", "consents": consents}).status_code == 400
    assert [kind for kind, _ in facts(callback)] == ["phone_verified"]


def test_nobody_binds_without_a_code_or_to_a_firm_of_others(bank) -> None:
    body = {"firm_id": "F00001", "consents": NOTHING}
    assert bank.post("/bank/bind/confirm", json=body).status_code == 403

    log_in(bank)

    assert bank.post("/bank/bind/confirm", json=body).status_code == 400


def test_only_changed_words_are_reported_later_and_the_next_visit_shows_them(bank, callback) -> None:
    log_in(bank)
    bank.post("/bank/bind/confirm", json={"firm_id": "F00002", "consents": NOTHING})
    before = len(facts(callback))

    bank.post("/bank/bind/consents", json={"consents": NOTHING | {"sms": True}})

    [(kind, event)] = facts(callback)[before:]
    assert (kind, event["data"]["purpose"], event["data"]["granted"]) == ("consent_changed", "sms", True)
    bank.headers["X-Visit"] = opened(bank)
    assert bank.get("/bank/bind/state").json()["consents"] == NOTHING | {"sms": True}


def test_unbinding_is_reported_and_the_core_bank_forgets(bank, callback, sim) -> None:
    log_in(bank)
    bank.post("/bank/bind/confirm", json={"firm_id": "F00002", "consents": NOTHING})

    assert bank.post("/bank/bind/remove", json={}).json()["bound"] is None

    kind, event = facts(callback)[-1]
    assert (kind, event["firm_id"], event["openid"]) == ("binding_removed", "F00002", OPENID)
    found = sim.get(f"/bank/firms/by-openid/{OPENID}", headers={"Authorization": "Bearer xinqiao-demo-bank-token"})
    assert found.status_code == 404


def test_a_product_that_is_away_is_told_three_times_under_one_id(bank, callback) -> None:
    log_in(bank)
    callback.respond = lambda _: (503, b"")

    assert not bank.post("/bank/bind/confirm", json={"firm_id": "F00002", "consents": NOTHING}).json()["is_told"]

    ids = [event["event_id"] for kind, event in facts(callback) if kind == "binding_created"]
    assert len(ids) == 3
    assert len(set(ids)) == 1


# ---- what a person sees --------------------------------------------------------------------------------------------


@pytest.fixture
def context(live) -> Iterator[BrowserContext]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=live, locale="zh-CN")
        context.set_default_timeout(10_000)
        yield context
        browser.close()


def tap_link(context: BrowserContext, api, follower: str) -> Page:
    text = '绑定企业\n<a href="http://elsewhere:8802/bank/bind">去绑定企业</a>'
    api("POST", "/cgi-bin/message/custom/send", {"touser": follower, "msgtype": "text", "text": {"content": text}})
    phone = context.new_page()
    phone.goto(f"/phone?openid={OPENID}")
    with context.expect_page() as opened_page:
        phone.get_by_role("link", name="去绑定企业").click()
    return opened_page.value


@pytest.mark.e2e
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_person_binds_changes_his_mind_and_unbinds(context, api, sim, callback, follower) -> None:
    callback.respond = lambda _: (200, b"{}")
    sim.post(f"/sim/followers/{OPENID}/messages", json={"type": "text", "content": "怎么绑定"})
    page = tap_link(context, api, follower)

    page.get_by_label("手机号").fill(ZHANG)
    page.get_by_role("button", name="获取验证码").click()
    sms = page.get_by_role("status").inner_text()
    page.get_by_label("验证码").fill("12")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("alert")).to_have_text("验证码不对，请再看一下短信。")
    page.get_by_label("验证码").fill(sms.partition("验证码")[2][:6])
    page.get_by_role("button", name="下一步").click()

    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(5)
    assert not any(boxes.nth(number).is_checked() for number in range(5)), "nothing is ticked for him"
    page.get_by_role("checkbox", name="服务通知").check()
    page.get_by_role("button", name="确认绑定").click()
    expect(page.get_by_role("heading", name="绑定成功")).to_be_visible()

    page.get_by_role("button", name="查看绑定和授权").click()
    expect(page.get_by_role("checkbox", name="服务通知")).to_be_checked()
    page.get_by_role("checkbox", name="服务通知").uncheck()
    page.get_by_role("button", name="保存授权").click()
    expect(page.get_by_text("授权已保存")).to_be_visible()
    page.get_by_role("button", name="解除绑定").click()
    page.get_by_role("button", name="确认解除绑定").click()
    expect(page.get_by_role("heading", name="选择企业")).to_be_visible()
    assert [kind for kind, _ in facts(callback)][-2:] == ["consent_changed", "binding_removed"]


def test_the_page_runs_only_its_own_scripts_and_stands_in_no_frame(sim) -> None:
    with sim.get("/bank/bind/page") as page:
        policy = page.headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_the_way_to_wechats_login_names_this_account_and_asks_for_no_more_than_the_openid(wechat) -> None:
    leave = urlsplit(wechat.get("/bank/bind").headers["location"])
    asked = {name: values[0] for name, values in parse_qs(leave.query).items()}

    assert (leave.path, leave.fragment) == ("/connect/oauth2/authorize", "wechat_redirect")
    assert (asked["scope"], asked["response_type"], asked["appid"]) == ("snsapi_base", "code", "wx0123456789abcdef")
