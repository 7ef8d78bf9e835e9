"""Makes the picture of the README: `python -m deploy.local.screenshots`, with the product running (`make run`).

Plays the talk of story A1 up to the approved product card through HTTP, then photographs the phone and the rep's desk.
"""

import base64
import sys
from pathlib import Path

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config.settings import ROOT, SettingsError
from deploy.local.environment import Environment, load
from deploy.local.machine import find_browser
from deploy.local.product import PASSWORD, TIMEOUT_S, Console, Phone, eventually

PICTURE = ROOT / "docs" / "screens" / "phone-and-desk.png"
REP = "rep01"
PHONE_SIZE = (390, 844)
DESK_SIZE = (1440, 844)
GAP = 24

ASKS = "你好，我开了三家餐厅，疫情好转准备复工，想联系一下专属客服，看看有没有贷款"
REP_ASKS = "陶先生您好，我是普惠服务代表小钱。方便说下大概需要多少、用多久、有没有房产抵押吗？"
ANSWERS = "二三十万，周转半年，没有抵押，营业执照四年了。"
CARD = "product:jingying_kuaidai"
# Every product card carries these words, so their sight means that the page has drawn the talk.
CARD_WORDS = "年化利率"


class NothingToShow(Exception):
    """The story did not get to where the picture is taken. The message says what was missing."""


def main() -> int:
    """Exit code: 0 when the picture was written."""
    try:
        environment = load()
        chat, phone = _play(environment)
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        _photograph(environment, chat, phone, PICTURE)
    except (SettingsError, NothingToShow, httpx.HTTPError) as error:
        print(f"No picture: {error}", file=sys.stderr)
        return 1
    print(f"written: {PICTURE.relative_to(ROOT)}")
    return 0


def _play(environment: Environment) -> tuple[int, str]:
    """The conversation's id and the follower's openid, with the talk up to the product card on both screens."""
    rep = Console(_api(environment), REP)
    rep.ready()
    with httpx.Client(base_url=_simulator(environment), timeout=TIMEOUT_S) as simulator:
        phone = Phone(simulator, "陶先生")
        phone.say(ASKS)
        chat = eventually(lambda: next((row["id"] for row in rep.handoffs(scope="mine", state="offered")), None))
        if chat is None:
            raise NothingToShow(f"the conversation was not offered to {REP}; is another rep on duty?")
        rep.accept(chat)
        rep.reply(chat, REP_ASKS).raise_for_status()
        _await(phone, REP_ASKS)
        phone.say(ANSWERS)
        rep.reply(chat, card=CARD).raise_for_status()
        _await(phone, CARD_WORDS)
        return int(chat), phone.openid


def _await(phone: Phone, words: str) -> None:
    if not eventually(lambda: any(words in text for text in phone.account_texts())):
        raise NothingToShow(f"the phone never showed: {words}")


def _photograph(environment: Environment, chat: int, openid: str, picture: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser())
        try:
            phone = _shot(_page(browser, PHONE_SIZE), f"{_simulator(environment)}/phone?openid={openid}", CARD_WORDS)
            desk = _page(browser, DESK_SIZE)
            _sign_in(desk.context, environment)
            _side_by_side(browser, phone, _shot(desk, f"{_api(environment)}/desk/{chat}", CARD_WORDS), picture)
        finally:
            browser.close()


def _page(browser: Browser, size: tuple[int, int]) -> Page:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", device_scale_factor=1)
    return context.new_page()


def _sign_in(context: BrowserContext, environment: Environment) -> None:
    found = context.request.post(f"{_api(environment)}/api/session", data={"username": REP, "password": PASSWORD})
    if not found.ok:
        raise NothingToShow(f"{REP} could not sign in ({found.status})")


def _shot(page: Page, address: str, words: str) -> bytes:
    page.goto(address)
    page.get_by_text(words).first.wait_for(state="attached")
    page.evaluate("document.fonts.ready")
    return page.screenshot()


def _side_by_side(browser: Browser, phone: bytes, desk: bytes, picture: Path) -> None:
    width, height = PHONE_SIZE[0] + DESK_SIZE[0] + 3 * GAP, PHONE_SIZE[1] + 2 * GAP
    page = _page(browser, (width, height))
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(shot).decode()}">' for shot in (phone, desk))
    style = f"body{{margin:0;padding:{GAP}px;display:flex;gap:{GAP}px;background:#e7eaee}}img{{border-radius:12px}}"
    page.set_content(f"<style>{style}</style>{images}")
    page.screenshot(path=picture)


def _api(environment: Environment) -> str:
    return f"http://127.0.0.1:{environment.settings.api_port}"


def _simulator(environment: Environment) -> str:
    return f"http://127.0.0.1:{environment.settings.sim_port}"


if __name__ == "__main__":
    sys.exit(main())
