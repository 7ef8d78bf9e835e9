"""张先生 asks for his points, binds his firm on the bank's page opened from the chat, and asks again: now he hears the fact."""

import re

from playwright.sync_api import Browser, Page, expect

from deploy.local.product import eventually
from tests.e2e.conftest import Product
from tests.e2e.test_story_a1 import SLOW_MS, _phone_page

PHONE, FIRM, FIRM_NAME = "19900000002", "F00002", "张记汽配商行"
QUESTION = "我的积分还剩多少"


def _write(phone: Page, text: str) -> None:
    phone.get_by_label("输入消息").fill(text)
    phone.keyboard.press("Enter")


def _bind(page: Page, *agreed: str) -> None:
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_role("button", name="获取验证码").click()
    code = page.get_by_role("status").inner_text().partition("验证码")[2][:6]
    page.get_by_label("验证码").fill(code)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("radio", name=FIRM_NAME).check()
    for purpose in agreed:
        page.get_by_role("checkbox", name=purpose).check()
    page.get_by_role("button", name="确认绑定").click()
    expect(page.get_by_role("heading", name="绑定成功")).to_be_visible(timeout=SLOW_MS)


def _balance(product: Product) -> str:
    token = {"Authorization": "Bearer xinqiao-demo-bank-token"}
    points = product.simulator.get(f"/bank/firms/{FIRM}/points", headers=token).raise_for_status().json()
    return f"{points['balance']:,}"


def test_a_follower_binds_on_the_banks_page_and_then_hears_his_points(product: Product, browser: Browser) -> None:
    zhang = product.phone("张先生")
    phone = _phone_page(browser, product, zhang.openid)
    balance = _balance(product)

    # Not bound: where to look, and the way to bind; no figure.
    _write(phone, QUESTION)
    link = phone.get_by_role("link", name="去绑定企业")
    expect(link).to_be_visible(timeout=SLOW_MS)
    expect(phone.get_by_text(balance)).to_have_count(0)

    # The bank's page knows who opened it; he agrees to service notices only.
    with phone.context.expect_page() as opened:
        link.click()
    _bind(opened.value, "服务通知")

    # Told once in the chat; the same question gets the fact.
    expect(phone.get_by_text(re.compile(f"绑定好了：{FIRM_NAME}"))).to_have_count(1, timeout=SLOW_MS)
    _write(phone, QUESTION)
    expect(phone.get_by_text(f"您企业现在有{balance}积分")).to_be_visible(timeout=SLOW_MS)

    # The rep sees the level and what he agreed to; a no said in the chat counts at once.
    _write(phone, "别再给我发营销了")
    expect(phone.get_by_text("已为您停止所有营销联系")).to_be_visible(timeout=SLOW_MS)
    zhang.say("转人工")
    rep = product.console("rep05")
    customer = rep.show(eventually(lambda: rep.handoffs(state="queued"))[0]["id"])["customer"]
    consents = {word["purpose"]: word["granted"] for word in customer["consents"]}
    assert (customer["identity_level"], customer["firm_name"]) == (3, FIRM_NAME)
    assert consents == {"service": True, "marketing": False, "profiling": False, "calls": False, "sms": False}

    # Unbound, he hears no figure any more.
    zhang.say("不等了")
    _write(phone, "解绑")
    with phone.context.expect_page() as opened:
        phone.get_by_role("link", name="绑定和授权").click()
    opened.value.get_by_role("button", name="解除绑定").click()
    opened.value.get_by_role("button", name="确认解除绑定").click()
    expect(phone.get_by_text("企业绑定已解除")).to_be_visible(timeout=SLOW_MS)
    zhang.say(QUESTION)
    assert balance not in zhang.account_texts()[-1]
