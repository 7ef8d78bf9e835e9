"""The desk of a rep, from the sign-in to the end of a chat."""

from playwright.sync_api import Page

from deploy.local.pictures.album import WIDE, Album
from deploy.local.pictures.earlier import LEFT
from deploy.local.pictures.town import Town
from deploy.local.product import Phone

REP = "rep01"
FIRM, FIRM_NAME = "F00001", "陶家小馆餐饮有限公司"
OPEN_BEFORE = "周老板您好，我先看一下您的到期日，请稍等。"
ASKS = "你好，我开了三家餐厅，准备再开一家，想联系一下专属客服，看看有没有贷款"
REP_ASKS = "陶先生您好，我是普惠服务代表小钱。方便说下大概需要多少、用多久、有没有房产抵押吗？"
ANSWERS = "二三十万，周转半年，没有抵押，营业执照四年了。"
CARD = "product:jingying_kuaidai"
# Every product card carries these words, so their sight means that the page has drawn the talk.
CARD_WORDS = "年化利率"
ASKS_MORE = "贷款利率多少？提前还款收不收违约金？"
NOTE = "客户下周要付装修款，@小周 明天我休息，帮忙盯一下审批。"


def sign_in(album: Album) -> Page:
    """The rep comes to the desk; the page stays his for all that follows."""
    page = album.page(WIDE)
    album.go(page, "login")
    album.sign_in(page, REP)
    album.keep(page, "login")
    page.get_by_role("button", name="登录").click()
    page.get_by_role("radio", name="就绪").click()
    return page


def empty(album: Album, page: Page) -> None:
    """Nobody waits yet, and the sheet of keys."""
    page.get_by_role("tab", name="排队").click()
    album.keep(page, "desk-empty")
    page.get_by_role("button", name="快捷键").click()
    page.get_by_role("dialog").wait_for()
    album.keep(page, "desk-shortcuts")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="实时核对").click()
    page.get_by_text("核对无误").wait_for()
    album.keep(page, "desk-check")
    page.keyboard.press("Escape")


def fill(town: Town) -> None:
    """Two chats in the rep's hands, one of them waiting for his word."""
    rep = town.staff(REP)
    for name, firm, words, answer in (
        ("周老板", "F00074", "转人工，我的贷款快到期了，想问问怎么续", OPEN_BEFORE),
        ("唐先生", "F00025", "贷款想提前还一部分，转人工", ""),
    ):
        owner = town.owner(name, firm)
        chat = town.chat_of(owner, words)
        rep.accept(chat)
        town.chats[name] = chat
        if answer:
            rep.reply(chat, answer).raise_for_status()
            town.hears(owner, answer)


def offer(album: Album, town: Town, page: Page) -> tuple[Phone, int]:
    """An offer over other work: the owner and his conversation."""
    page.get_by_role("tab", name="我的").click()
    page.get_by_text(OPEN_BEFORE).first.click()
    page.get_by_label("回复内容").wait_for()
    tao = town.owner("陶先生", FIRM)
    chat = town.chat_of(tao, ASKS)
    town.chats["陶先生"] = chat
    page.get_by_text(FIRM_NAME).first.wait_for()
    album.keep_both(page, "offer")
    return tao, chat


def talk(album: Album, town: Town, page: Page, tao: Phone, chat: int) -> None:
    """The chat with its card, its suggested answers, and the panes beside it."""
    rep = town.staff(REP)
    page.get_by_role("button", name="接入", exact=True).click()
    page.wait_for_url(f"**/desk/{chat}")
    page.get_by_label("回复内容").wait_for()
    rep.reply(chat, REP_ASKS).raise_for_status()
    town.hears(tao, REP_ASKS)
    tao.say(ANSWERS)
    rep.reply(chat, card=CARD).raise_for_status()
    town.hears(tao, CARD_WORDS)
    tao.say(ASKS_MORE)
    page.locator("#chat").get_by_text(ASKS_MORE).first.wait_for()
    page.get_by_role("region", name="建议回答").wait_for()
    album.keep_both(page, "desk")


def sides(album: Album, page: Page) -> None:
    """What is looked up beside a chat, and what is written for colleagues."""
    page.get_by_role("tab", name="知识").last.click()
    page.get_by_role("searchbox").last.fill("提前还款")
    page.wait_for_timeout(1500)
    album.keep(page, "desk-knowledge")
    page.get_by_role("tab", name="步骤").last.click()
    page.wait_for_timeout(800)
    album.keep(page, "desk-guide")
    page.get_by_role("tab", name="客户").last.click()
    page.get_by_role("tab", name="内部备注").click()
    page.locator("#chat textarea").fill(NOTE)
    album.keep(page, "desk-note")
    page.locator("#chat textarea").fill("")
    page.get_by_role("tab", name="回复").click()
    page.get_by_label("回复内容").fill("/")
    page.get_by_role("listbox").wait_for()
    album.keep(page, "desk-canned")
    page.get_by_label("回复内容").fill("")


def dialogs(album: Album, page: Page) -> None:
    """How a chat leaves the desk."""
    page.get_by_role("button", name="转接", exact=True).click()
    page.get_by_role("dialog").get_by_role("radio").first.check()
    album.keep(page, "desk-transfer")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="结束", exact=True).click()
    page.get_by_role("dialog").get_by_role("radio", name="转网点").check()
    album.keep(page, "desk-close")
    page.keyboard.press("Escape")


def dark(album: Album, town: Town) -> None:
    """The same desk by night."""
    page = album.console(REP, f"desk/{town.chats['陶先生']}", theme="dark")
    page.get_by_role("region", name="建议回答").wait_for()
    album.keep_both(page, "desk-dark")
    page.context.close()


def closed_window(album: Album, town: Town, page: Page) -> None:
    """A chat to which nothing can be sent any more: a call is promised in the composer's place."""
    album.go(page, f"desk/{town.chats[LEFT.owner]}")
    page.get_by_role("button", name="改约").click()
    page.get_by_role("form", name="登记电话回访").wait_for()
    album.keep_both(page, "desk-window-closed")
