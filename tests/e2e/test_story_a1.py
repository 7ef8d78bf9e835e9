"""A1, 陶先生 needs money to reopen: the phone in one browser window, the rep's desk in another; real model, Redis and database."""

import re

from playwright.sync_api import Browser, Page, expect

from deploy.local.product import PASSWORD, eventually
from tests.e2e.conftest import Product

FIRST_WORDS = "你好，我开了三家餐厅，疫情好转准备复工，想联系一下专属客服，看看有没有贷款"
SLOW_MS = 15_000
FIRM = "F00001"


def _sign_in(browser: Browser, product: Product, username: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(product.api)
    page.get_by_label("工号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    return page


def _phone_page(browser: Browser, product: Product, openid: str) -> Page:
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    page.goto(f"{product.simulator.base_url}/phone?openid={openid}")
    page.get_by_label("切换到键盘").click()
    return page


def test_a_restaurant_owner_is_answered_handed_over_guided_and_rated(product: Product, browser: Browser) -> None:
    tao = product.phone("陶先生")
    tao.bind(FIRM)
    desk = _sign_in(browser, product, "rep01")
    desk.get_by_text("就绪", exact=True).first.click()
    phone = _phone_page(browser, product, tao.openid)

    # The owner writes, the bot answers at once and the line is open.
    phone.get_by_label("输入消息").fill(FIRST_WORDS)
    phone.keyboard.press("Enter")
    expect(phone.get_by_text("已为您转接").first).to_be_visible(timeout=5_000)
    expect(phone.get_by_text("前面还有0位").first).to_be_visible()

    # The rep is asked, knows the case before the first word, and takes it.
    expect(desk.get_by_text(re.compile("餐饮")).first).to_be_visible(timeout=SLOW_MS)
    desk.get_by_role("button", name="接入", exact=True).first.click()
    expect(desk.get_by_text(FIRST_WORDS).first).to_be_visible(timeout=SLOW_MS)

    # They talk.
    desk.get_by_label("回复内容").fill(
        "陶先生您好，我是普惠服务代表小钱。方便说下大概需要多少、用多久、有没有房产抵押吗？"
    )
    desk.keyboard.press("Enter")
    expect(phone.get_by_text("我是普惠服务代表小钱").first).to_be_visible(timeout=SLOW_MS)
    phone.get_by_label("输入消息").fill("二三十万，周转半年，没有抵押，营业执照四年了。")
    phone.keyboard.press("Enter")
    expect(desk.get_by_text("二三十万，周转半年").first).to_be_visible(timeout=SLOW_MS)

    # An approved product card with its annualised rate, then the step guide.
    rep = product.console("rep01")
    chat = rep.handoffs(scope="mine", state="active")[0]
    assert rep.reply(chat["id"], card="product:jingying_kuaidai").status_code == 202
    card = phone.get_by_text(re.compile("年化利率")).first
    expect(card).to_be_visible(timeout=SLOW_MS)
    expect(phone.get_by_text(re.compile("贷款有风险")).first).to_be_visible()
    assert rep.reply(chat["id"], card="guide:loan_apply").status_code == 202
    expect(phone.get_by_text("卡住了").first).to_be_visible(timeout=SLOW_MS)
    phone.get_by_text("完成", exact=True).last.click()
    expect(phone.get_by_text(re.compile(r"(?<!\d)2/\d")).first).to_be_visible(timeout=SLOW_MS)
    phone.get_by_text("卡住了", exact=True).last.click()
    expect(desk.get_by_text("卡住了").first).to_be_visible(timeout=SLOW_MS)

    # The money arrives, the bank says so, the chat ends with its outcome and is rated once.
    paid = {
        "type": "drawdown_paid",
        "openid": tao.openid,
        "firm_id": FIRM,
        "data": {"amount_fen": 25_000_000, "due_on": "2026-12-20"},
    }
    product.simulator.post("/sim/bank/events", json=paid).raise_for_status()
    expect(phone.get_by_text(re.compile("资金已到账")).first).to_be_visible(timeout=SLOW_MS)
    tao.say("太感谢了")
    rep.close(chat["id"], "drawn", "经营快贷 25 万到账")
    phone.get_by_text("非常满意").last.click()
    expect(phone.get_by_text(re.compile("谢谢|感谢")).last).to_be_visible(timeout=SLOW_MS)
    counters = rep.client.get("/api/counters").json()
    assert counters["drawdown_fen"] >= 25_000_000
    assert eventually(lambda: rep.show(chat["id"])["item"]["outcome"] == "drawn")
