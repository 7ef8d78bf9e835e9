"""A day at the desk in two browsers and on two phones: the place in the line, an offer nobody takes, a transfer with its
summary, a supervisor who takes over, the rating, and the call of the next day on top of the list.
"""

import re
from datetime import timedelta

from playwright.sync_api import Browser, expect

from deploy.local.product import eventually
from tests.e2e.conftest import Product
from tests.e2e.test_story_a1 import SLOW_MS, _phone_page, _sign_in

WORDS = "要30万，半年，没有抵押，已说明以审批为准"


def test_two_reps_a_supervisor_and_two_customers(product: Product, browser: Browser) -> None:
    first, second = product.phone("甲老板"), product.phone("乙老板")
    first.say("我想贷款，转人工")
    second.say("贷款的事，转人工")
    assert "前面还有1位" in second.account_texts()[-1]

    # Two places become one: the rep in his browser takes the first.
    desk, rep = _sign_in(browser, product, "rep01"), product.console("rep01")
    desk.get_by_text("就绪", exact=True).first.click()
    desk.get_by_role("button", name="接入", exact=True).first.click(timeout=SLOW_MS)
    expect(desk.get_by_text("我想贷款，转人工").first).to_be_visible(timeout=SLOW_MS)
    second.say("还要等多久")
    assert "前面还有0位" in second.account_texts()[-1]

    # He lets the offer of the second run out; it goes to his colleague.
    eventually(lambda: rep.handoffs(scope="mine", state="offered"))
    other = product.console("rep02")
    other.ready()
    before = rep.now()
    product.simulator.post("/sim/clock", json={"advance_s": 21}).raise_for_status()
    assert eventually(lambda: rep.now() - before > timedelta(seconds=20), every_s=1.5)
    chat = eventually(lambda: other.handoffs(scope="mine", state="offered"))[0]
    summary = other.accept(chat["id"])["card"]["summary"]
    assert other.reply(chat["id"], "乙老板您好，我是小周。").status_code == 202

    # The colleague hands it on with a note: the first rep is asked again, and knows the case before the first word.
    body = {"rep": "rep01", "skill": "loan", "note": WORDS}
    other.client.post(f"/api/handoffs/{chat['id']}/transfer", json=body).raise_for_status()
    desk.get_by_role("button", name="接入", exact=True).first.click(timeout=SLOW_MS)
    expect(desk.get_by_text(WORDS).first).to_be_visible(timeout=SLOW_MS)
    assert rep.show(chat["id"])["card"]["summary"] == summary

    # The supervisor looks on and takes over; the rep is told and can no longer write.
    boss = _sign_in(browser, product, "supervisor01")
    boss.get_by_role("tab", name="排队").wait_for(timeout=SLOW_MS)
    boss.goto(f"{product.api}/desk/{chat['id']}")
    boss.get_by_role("button", name="接管", exact=True).click(timeout=SLOW_MS)
    boss.get_by_label(re.compile("接管原因")).fill("客户着急")
    boss.get_by_role("dialog").get_by_role("button", name="接管", exact=True).click()
    expect(desk.get_by_text(re.compile("已由主管转给李主管接待")).first).to_be_visible(timeout=SLOW_MS)
    phone = _phone_page(browser, product, second.openid)
    boss.get_by_label("回复内容").fill("乙老板您好，我是李主管，明天上午给您回电。")
    boss.keyboard.press("Enter")
    expect(phone.get_by_text("我是李主管").first).to_be_visible(timeout=SLOW_MS)

    # It ends with a call to make; the customer rates it once.
    boss.get_by_role("button", name="结束", exact=True).click()
    boss.get_by_text("登记回访", exact=True).first.click()
    boss.get_by_role("dialog").get_by_role("button", name="结束对话").click()
    phone.get_by_text("非常满意").last.click(timeout=SLOW_MS)
    supervisor = product.console("supervisor01")
    assert eventually(lambda: supervisor.show(chat["id"])["item"]["outcome"] == "followup")

    # The next day it stands on top of the list.
    label = supervisor.show(chat["id"])["item"]["label"]
    product.simulator.post("/sim/clock", json={"advance_s": 24 * 3600}).raise_for_status()
    boss.goto(f"{product.api}/followups")
    expect(boss.get_by_role("navigation", name="回访").get_by_role("listitem").first).to_contain_text(
        label, timeout=SLOW_MS
    )
    calls = supervisor.client.get("/api/followups", params={"scope": "mine"}).json()["items"]
    assert (calls[0]["label"], calls[0]["conversation_id"]) == (label, chat["id"])
