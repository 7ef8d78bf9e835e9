"""A5, hand-off discipline: a human on the first ask, the place told once, nothing asked twice, a transfer keeps the summary."""

import re
from datetime import timedelta

from playwright.sync_api import Browser, expect

from deploy.local.product import eventually
from tests.e2e.conftest import Product
from tests.e2e.test_story_a1 import SLOW_MS, _phone_page, _sign_in


def test_one_ask_is_a_hand_off_and_the_rep_sees_what_was_tried(product: Product, browser: Browser) -> None:
    owner = product.phone("老周")
    owner.say("优盾插上没反应")
    phone = _phone_page(browser, product, owner.openid)

    phone.get_by_label("输入消息").fill("转人工")
    phone.keyboard.press("Enter")

    expect(phone.get_by_text(re.compile("已为您转接")).first).to_be_visible(timeout=5_000)
    expect(phone.get_by_text(re.compile("前面还有0位")).first).to_be_visible()
    rep = product.console("rep03")
    chat = rep.handoffs(state="queued")[0]
    shown = rep.show(chat["id"])
    assert any("没反应" in line["text"] for line in shown["lines"])
    assert shown["card"]["tried"]
    assert shown["customer"]["identity_level"] >= 1

    desk = _sign_in(browser, product, "rep03")
    desk.get_by_text("就绪", exact=True).first.click()
    desk.get_by_role("button", name="接入", exact=True).first.click(timeout=SLOW_MS)
    expect(desk.get_by_text("优盾插上没反应").first).to_be_visible(timeout=SLOW_MS)


def test_the_place_in_the_line_is_told_and_shrinks(product: Product) -> None:
    first, second = product.phone("甲"), product.phone("乙")
    first.say("转人工")

    second.say("人工")
    assert "前面还有1位" in second.account_texts()[-1]
    rep = product.console("rep05")
    rep.ready()
    offered = eventually(lambda: rep.handoffs(scope="mine", state="offered"))
    rep.accept(offered[0]["id"])
    second.say("还要等多久")

    assert "前面还有0位" in second.account_texts()[-1]


def test_an_ignored_offer_goes_to_the_next_rep_and_a_transfer_keeps_the_summary(product: Product) -> None:
    owner = product.phone("丙")
    slow, quick = product.console("rep01"), product.console("rep02")
    slow.ready()
    owner.say("我想贷款30万周转半年，找个客户经理")
    offer = eventually(lambda: slow.handoffs(scope="mine", state="offered"))[0]
    quick.ready()

    product.simulator.post("/sim/clock", json={"advance_s": 21}).raise_for_status()
    moved = eventually(lambda: quick.handoffs(scope="mine", state="offered"))
    assert moved[0]["id"] == offer["id"]
    summary = quick.accept(offer["id"])["card"]["summary"]
    other = product.console("rep05")
    other.ready()
    body = {"rep": "rep05", "skill": "loan", "note": "要 30 万，已说明没有抵押"}
    quick.client.post(f"/api/handoffs/{offer['id']}/transfer", json=body).raise_for_status()

    again = eventually(lambda: other.handoffs(scope="mine", state="offered"))[0]
    card = other.accept(again["id"])["card"]
    assert card["summary"] == summary
    assert card["transfer"] == {"from": "rep02", "to": "rep05", "note": "要 30 万，已说明没有抵押"}


def test_the_sixth_message_is_refused_with_its_reason(product: Product) -> None:
    owner = product.phone("丁")
    # The three messages that following allows end after a minute; what stays are the five of his own message.
    rep = product.console("rep05")
    before = rep.now()
    product.simulator.post("/sim/clock", json={"advance_s": 61}).raise_for_status()
    # A chat taken before the console heard of it would seem to have waited a minute for its first word.
    assert eventually(lambda: rep.now() - before > timedelta(seconds=60), every_s=1.5)
    rep.ready()
    owner.say("人工")
    chat = eventually(lambda: rep.handoffs(scope="mine", state="offered"))[0]
    rep.accept(chat["id"])

    # Each process reads the simulator's clock twice a second.
    assert eventually(lambda: rep.show(chat["id"])["item"]["allowance"]["left"] == 5)

    answers = []
    for number in range(1, 7):
        answers.append(rep.reply(chat["id"], f"第{number}句", takes_last=number == 5))
        if answers[-1].status_code == 202:
            # Said one after the other, the later ones would leave as one message.
            rep.flush(chat["id"])

    assert [answer.status_code for answer in answers] == [202] * 5 + [409]
    assert answers[-1].json()["code"] == "send_refused"
    assert answers[-1].json()["fields"]["reason"] == "allowance_spent"
    assert rep.show(chat["id"])["item"]["allowance"]["left"] == 0
    shown = eventually(lambda: [text for text in owner.account_texts() if text.startswith("第")][4:5])
    assert shown == ["第5句"]


def test_a_rep_cannot_ask_for_a_code(product: Product) -> None:
    owner = product.phone("戊")
    rep = product.console("rep05")
    rep.ready()
    owner.say("人工")
    chat = eventually(lambda: rep.handoffs(scope="mine", state="offered"))[0]
    rep.accept(chat["id"])

    refused = rep.reply(chat["id"], "把验证码发我一下")

    assert refused.status_code == 422
    assert refused.json()["code"] == "wording_blocked"
    assert refused.json()["fields"]["findings"]
