"""Makes the pictures of the documents: `python -m deploy.local.screenshots`, with the product running (`make run`).

Plays the talk of story A1 up to the approved product card, with two other customers at the desk, and photographs the
login, the offer, the desk, the phone, and phone and desk side by side; then what the model is to learn, an answer
before its approval, what a customer asks about his data, and the bank's page where he binds his firm. Wants a desk
with nobody waiting.
"""

import base64
import sys

import httpx
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from config.settings import ROOT, SettingsError
from deploy.local.environment import Environment, load
from deploy.local.machine import find_browser
from deploy.local.product import PASSWORD, TIMEOUT_S, Console, Phone, eventually

PICTURES = ROOT / "docs" / "screens"
REP = "rep01"
# The narrowest desk that shows all three panes, and a phone of about the same proportions beside it.
DESK_SIZE = (1184, 740)
PHONE_SIZE = (390, 760)
WIDE_DESK = (1440, 900)
TOGETHER_WIDTH = 1440
GAP = 24

OPEN_BEFORE = "周老板您好，我先看一下您的到期日，请稍等。"
OTHERS = (
    ("周老板", "转人工，我的贷款快到期了，想问问怎么续", OPEN_BEFORE),
    ("李会计", "贷款想提前还一部分，转人工", None),
)
FIRM, FIRM_NAME = "F00001", "陶家小馆餐饮有限公司"
ASKS = "你好，我开了三家餐厅，疫情好转准备复工，想联系一下专属客服，看看有没有贷款"
REP_ASKS = "陶先生您好，我是普惠服务代表小钱。方便说下大概需要多少、用多久、有没有房产抵押吗？"
ANSWERS = "二三十万，周转半年，没有抵押，营业执照四年了。"
CARD = "product:jingying_kuaidai"
TRAINER, SUPERVISOR, MARKETER, REVIEWER = "trainer01", "supervisor01", "marketer01", "reviewer01"
# What the model has no good guess about.
PUZZLES = (
    ("吴师傅", "老是弹个框框"),
    ("郑老板", "打了电话还是不行"),
    ("小赵", "打电话了还是不行啊"),
    ("刘总", "数怎么对不上呀"),
    ("孙姐", "弄不了啊咋整"),
)
# An answer of the knowledge base, and what its new version says more.
ANSWER = "answer/points_rules"
ADDED = "京东卡现在没有。"
ORIGIN = {"owner": "电子银行部", "source": "积分业务说明", "effective_from": "2026-01-01"}
ASKS_FOR_HIS_DATA = "我要查你们存了我哪些个人信息"
# Every product card carries these words, so their sight means that the page has drawn the talk.
CARD_WORDS = "年化利率"


class NothingToShow(Exception):
    """The story did not get to where the picture is taken. The message says what was missing."""


def main() -> int:
    """Exit code: 0 when the pictures were written."""
    try:
        environment = load()
        PICTURES.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright, httpx.Client(base_url=_simulator(environment), timeout=TIMEOUT_S) as http:
            browser = playwright.chromium.launch(executable_path=find_browser())
            _Album(environment, browser, http).make()
            browser.close()
    except (SettingsError, NothingToShow, httpx.HTTPError, BrowserError) as error:
        print(f"No pictures: {error}", file=sys.stderr)
        return 1
    print(f"written to {PICTURES.relative_to(ROOT)}/")
    return 0


class _Album:
    """Plays the story and keeps a picture of each scene."""

    def __init__(self, environment: Environment, browser: Browser, simulator: httpx.Client) -> None:
        self._api = f"http://127.0.0.1:{environment.settings.api_port}"
        self._simulator = simulator
        self._browser = browser
        self._rep = Console(self._api, REP)

    def make(self) -> None:
        """All pictures, in the order of the story."""
        desk = self._sign_in()
        for name, words, answer in OTHERS:
            self._serve(name, words, answer)
        # An open chat, so that the offer is seen where it usually comes: over other work.
        desk.get_by_role("tab", name="我的").click()
        desk.get_by_text(OPEN_BEFORE).first.click()
        tao, chat = self._tao_asks(desk)
        _keep(desk, "offer", DESK_SIZE)
        self._take_and_talk(desk, tao, chat)
        phone = self._open_phone(tao)
        _keep(phone, "phone", PHONE_SIZE)
        _keep(desk, "desk", WIDE_DESK)
        self._together(phone, desk)
        self._rep.offline()
        self._learn()
        self._knowledge()
        self._privacy()
        self._binding()

    def _learn(self) -> None:
        for name, words in PUZZLES:
            Phone(self._simulator, name).say(words)
        page = self._opened(TRAINER, "learn")
        page.get_by_role("article").first.wait_for()
        _keep(page, "learn", WIDE_DESK)

    def _knowledge(self) -> None:
        marketer = Console(self._api, MARKETER).client
        path = f"/api/knowledge/items/{ANSWER}"
        version = marketer.get(path).raise_for_status().json()["versions"][0]
        text = version["body"]["text"]
        if ADDED not in text:
            words = {"title": version["title"], "body": {**version["body"], "text": text + ADDED}, **ORIGIN}
            draft = marketer.put(path, json=words).raise_for_status().json()
            marketer.post(f"/api/knowledge/versions/{draft['id']}/submit").raise_for_status()
        page = self._opened(REVIEWER, f"knowledge/{ANSWER}")
        page.get_by_text(ADDED).first.wait_for()
        _keep(page, "knowledge", WIDE_DESK)

    def _privacy(self) -> None:
        owner = Phone(self._simulator, "黄女士")
        self._bind(owner, "F00004")
        owner.say(ASKS_FOR_HIS_DATA)
        page = self._opened(SUPERVISOR, "privacy")
        page.get_by_role("article").first.wait_for()
        _keep(page, "privacy", WIDE_DESK)

    def _binding(self) -> None:
        owner = Phone(self._simulator, "张先生")
        owner.say("我的积分还剩多少")
        phone = self._page(PHONE_SIZE)
        phone.goto(f"{self._simulator.base_url}/phone?openid={owner.openid}")
        with phone.context.expect_page() as opened:
            phone.get_by_role("link", name="去绑定企业").click()
        page = opened.value
        page.get_by_label("手机号").fill("19900000002")
        page.get_by_role("button", name="获取验证码").click()
        code = page.get_by_role("status").inner_text().partition("验证码")[2][:6]
        page.get_by_label("验证码").fill(code)
        page.get_by_role("button", name="下一步").click()
        page.get_by_role("radio").first.check()
        _keep(page, "binding", PHONE_SIZE)

    def _opened(self, username: str, path: str) -> Page:
        """The console at this path, for this member of staff."""
        page = self._page(WIDE_DESK)
        page.goto(f"{self._api}/{path}")
        self._fill_in(page, username)
        page.get_by_role("button", name="登录").click()
        return page

    def _fill_in(self, page: Page, username: str) -> None:
        page.get_by_label("工号").fill(username)
        page.get_by_label("密码").fill(PASSWORD)

    def _sign_in(self) -> Page:
        desk = self._page(DESK_SIZE)
        desk.goto(self._api)
        self._fill_in(desk, REP)
        _keep(desk, "login", DESK_SIZE)
        desk.get_by_role("button", name="登录").click()
        desk.get_by_role("radio", name="就绪").click()
        return desk

    def _serve(self, name: str, words: str, answer: str | None) -> None:
        customer = Phone(self._simulator, name)
        customer.say(words)
        chat = self._offered(words)
        self._rep.accept(chat)
        if answer:
            self._rep.reply(chat, answer).raise_for_status()
            _await(customer, answer)

    def _tao_asks(self, desk: Page) -> tuple[Phone, int]:
        tao = Phone(self._simulator, "陶先生")
        self._bind(tao, FIRM)
        tao.say(ASKS)
        chat = self._offered(ASKS)
        desk.get_by_text(FIRM_NAME).first.wait_for()
        return tao, chat

    def _bind(self, owner: Phone, firm_id: str) -> None:
        binding = {"openid": owner.openid, "firm_id": firm_id}
        self._simulator.post("/sim/bank/bindings", json=binding).raise_for_status()

    def _offered(self, words: str) -> int:
        """The id of the chat offered to the rep, which must be the one that was begun with these words."""
        offered = eventually(lambda: self._rep.handoffs(scope="mine", state="offered"))
        if not offered:
            raise NothingToShow(f"nothing was offered to {REP}; is another rep on duty?")
        if not any(words in line["text"] for line in self._rep.show(offered[0]["id"])["lines"]):
            raise NothingToShow("somebody else was first in line; take an empty desk (XINQIAO_VAR=/tmp/fresh make run)")
        return int(offered[0]["id"])

    def _take_and_talk(self, desk: Page, tao: Phone, chat: int) -> None:
        desk.get_by_role("button", name="接入", exact=True).click()
        desk.wait_for_url(f"**/desk/{chat}")
        desk.get_by_label("回复内容").wait_for()
        self._rep.reply(chat, REP_ASKS).raise_for_status()
        _await(tao, REP_ASKS)
        tao.say(ANSWERS)
        self._rep.reply(chat, card=CARD).raise_for_status()
        _await(tao, CARD_WORDS)
        desk.locator("#chat").get_by_text(CARD_WORDS).first.wait_for(state="attached")

    def _open_phone(self, tao: Phone) -> Page:
        phone = self._page(PHONE_SIZE)
        phone.goto(f"{self._simulator.base_url}/phone?openid={tao.openid}")
        phone.get_by_text(CARD_WORDS).first.wait_for(state="attached")
        phone.get_by_label("切换到键盘").click()
        return phone

    def _together(self, phone: Page, desk: Page) -> None:
        height = (TOGETHER_WIDTH - 3 * GAP) / (PHONE_SIZE[0] / PHONE_SIZE[1] + DESK_SIZE[0] / DESK_SIZE[1])
        shots = (_shot(phone, PHONE_SIZE), _shot(desk, DESK_SIZE))
        images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(shot).decode()}">' for shot in shots)
        body = f"margin:0;padding:{GAP}px;display:flex;gap:{GAP}px;background:linear-gradient(120deg,#e9edf3,#d8e0ea)"
        image = f"height:{height:.1f}px;border-radius:12px;box-shadow:0 6px 22px #1b243038"
        page = self._page((TOGETHER_WIDTH, round(height) + 2 * GAP))
        page.set_content(f"<style>body{{{body}}}img{{{image}}}</style>{images}")
        page.screenshot(path=PICTURES / "phone-and-desk.png", scale="css")

    def _page(self, size: tuple[int, int]) -> Page:
        # Two dots a pixel, so that what is drawn smaller in the common picture stays sharp.
        viewport = {"width": size[0], "height": size[1]}
        context = self._browser.new_context(viewport=viewport, locale="zh-CN", device_scale_factor=2)  # type: ignore[arg-type]  # a TypedDict of the same two keys
        return context.new_page()


def _keep(page: Page, name: str, size: tuple[int, int]) -> None:
    (PICTURES / f"{name}.png").write_bytes(_shot(page, size, scale="css"))


def _shot(page: Page, size: tuple[int, int], scale: str = "device") -> bytes:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("document.fonts.ready")
    # What moves comes to its end at once, and no caret blinks into the picture.
    return page.screenshot(scale="css" if scale == "css" else "device", animations="disabled", caret="hide")


def _await(phone: Phone, words: str) -> None:
    if not eventually(lambda: any(words in text for text in phone.account_texts())):
        raise NothingToShow(f"the phone never showed: {words}")


def _simulator(environment: Environment) -> str:
    return f"http://127.0.0.1:{environment.settings.sim_port}"


if __name__ == "__main__":
    sys.exit(main())
