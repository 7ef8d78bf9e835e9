"""What business owners see: the chat on the phone, and the bank's page where a firm is bound."""

import base64

from playwright.sync_api import Page, ViewportSize

from deploy.local.pictures.album import PHONE, Album, shot
from deploy.local.pictures.desk_scenes import CARD_WORDS
from deploy.local.pictures.town import Town

# The narrowest desk that shows all three panes, and a phone of about the same proportions beside it.
DESK = ViewportSize(width=1184, height=740)
SHORT_PHONE = ViewportSize(width=390, height=760)
TOGETHER_WIDTH = 1440
GAP = 24


def phone(album: Album, town: Town) -> Page:
    """The talk as the owner reads it; the page stays open."""
    page = album.phone(town.owner("陶先生").openid)
    page.get_by_text(CARD_WORDS).first.wait_for(state="attached")
    page.get_by_label("切换到键盘").click()
    album.keep(page, "phone", PHONE)
    return page


def together(album: Album, owner: Page, desk: Page) -> None:
    """Phone and desk side by side, for the first page of the documents."""
    height = (TOGETHER_WIDTH - 3 * GAP) / (_shape(SHORT_PHONE) + _shape(DESK))
    shots = (shot(owner, SHORT_PHONE), shot(desk, DESK))
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in shots)
    body = f"margin:0;padding:{GAP}px;display:flex;gap:{GAP}px;background:linear-gradient(120deg,#e9edf3,#d8e0ea)"
    image = f"height:{height:.1f}px;border-radius:12px;box-shadow:0 6px 22px #1b243038"
    page = album.page(ViewportSize(width=TOGETHER_WIDTH, height=round(height) + 2 * GAP))
    page.set_content(f"<style>body{{{body}}}img{{{image}}}</style>{images}")
    album.write("phone-and-desk", page.screenshot(scale="css"))
    page.context.close()


def binding(album: Album, town: Town) -> None:
    """The bank's page, opened from the chat."""
    owner = town.owner("张先生")
    owner.say("我的积分还剩多少")
    opener = album.phone(owner.openid)
    with opener.context.expect_page() as opened:
        opener.get_by_role("link", name="去绑定企业").click()
    page = opened.value
    page.get_by_label("手机号").fill("19900000002")
    page.get_by_role("button", name="获取验证码").click()
    code = page.get_by_role("status").inner_text().partition("验证码")[2][:6]
    page.get_by_label("验证码").fill(code)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("radio").first.check()
    album.keep(page, "binding", PHONE)
    opener.context.close()


def _shape(size: ViewportSize) -> float:
    return size["width"] / size["height"]
