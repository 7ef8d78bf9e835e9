"""The pages a marketer and a reviewer work on, as they use them: by what stands on buttons and fields."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from config.settings import ROOT

SLOW_MS = 20_000
COVER = ROOT / "config" / "pictures" / "points_redeem_menu.png"


def go(page: Page, name: str) -> None:
    """Open a page by its name in the rail."""
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()


def import_list(page: Page, name: str, file: Path, branch: str, until: date) -> None:
    """Upload a branch's list, look at what the columns are taken for, and have it checked."""
    go(page, "客群")
    page.get_by_role("tab", name="名单导入").click()
    page.get_by_role("button", name="导入名单").click()
    page.get_by_label("名单文件").set_input_files(file)
    page.get_by_label("名单名称").fill(name)
    page.get_by_label("归属网点").select_option(branch)
    page.get_by_label("用途", exact=True).fill("请客户用起账户")
    page.get_by_label("使用依据").select_option(label="客户同意")
    page.get_by_label("名单到期日").fill((until + timedelta(days=60)).isoformat())
    page.get_by_role("button", name="上传并读取").click()
    expect(page.get_by_label("“微信标识”这一列是")).to_have_value("openid", timeout=SLOW_MS)
    page.get_by_role("button", name="开始核对").click()


def build_segment(page: Page, name: str, list_name: str) -> None:
    """A segment of whoever stands on one list."""
    page.get_by_role("tab", name="客群", exact=True).click()
    page.get_by_role("button", name="新建客群").click()
    page.get_by_label("客群名称").fill(name)
    page.get_by_role("button", name="＋ 条件", exact=True).click()
    page.get_by_label("看什么").select_option(label="名单")
    page.locator(".condition summary").click()
    page.get_by_label(list_name, exact=True).check()
    page.keyboard.press("Escape")


def write_body(page: Page, paragraphs: Sequence[str]) -> None:
    """Replace the words of the article that is open."""
    body = page.get_by_role("textbox", name="正文")
    body.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    for number, paragraph in enumerate(paragraphs):
        if number:
            page.keyboard.press("Enter")
        page.keyboard.insert_text(paragraph)


def begin_article(page: Page, title: str) -> None:
    """An empty article of marketing, with a cover."""
    go(page, "图文")
    page.get_by_role("button", name="新建图文").click()
    page.get_by_role("button", name=re.compile("空白图文")).click()
    page.get_by_label("标题", exact=True).fill(title)
    page.get_by_label("作者").fill("普惠服务")
    page.get_by_role("radio", name="营销").check()
    page.get_by_label("目标").fill("激活：让久未使用的账户用起来")
    page.locator("input[type=file][aria-label=封面]").set_input_files(COVER)
    page.get_by_text("消息里的大图").wait_for(timeout=SLOW_MS)


def begin_campaign(page: Page, name: str) -> None:
    """A campaign of marketing that is judged by who writes to the account."""
    go(page, "推送")
    page.get_by_role("button", name="新建推送").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称").fill(name)
    dialog.get_by_label("用哪个指标衡量").select_option(label="咨询人数")
    dialog.get_by_role("radio", name=re.compile("^营销")).check()
    dialog.get_by_role("button", name="开始编辑").click()
    page.get_by_role("heading", name=name).wait_for(timeout=SLOW_MS)


def choose_audience(page: Page, segment: str, holdout_percent: int) -> None:
    """The segment, and the part of it that is left out to compare with."""
    choices = page.get_by_label("发给：添加客群", exact=True)
    choices.select_option(
        choices.get_by_role("option", name=re.compile(segment)).get_attribute("value", timeout=SLOW_MS)
    )
    page.get_by_label("本次对照组", exact=True).and_(page.get_by_role("spinbutton")).fill(str(holdout_percent))


def choose_article(page: Page, title: str) -> None:
    """The sealed version of an article."""
    go_on(page)
    page.get_by_role("button", name="选图文").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=re.compile(title)).click()
    dialog.get_by_role("button", name="选这一版").click()
    expect(page.get_by_text("用语检查通过").first).to_be_visible(timeout=SLOW_MS)


def choose_time(page: Page, moment: str) -> None:
    """When it starts, as `2026-11-30T10:30`; it is kept by itself."""
    go_on(page)
    page.get_by_label("开始时间").fill(moment)
    expect(page.get_by_text("符合推送时段")).to_be_visible(timeout=SLOW_MS)


def go_on(page: Page) -> None:
    """To the next step of the campaign."""
    page.get_by_role("button", name="下一步").click()


def sum_of(preview: Locator) -> int:
    """How many the preview says will get it, as in `28 会收到 / 人群 32`."""
    found = re.search(r"([\d,]+)\s*会收到", preview.inner_text())
    assert found is not None
    return int(found.group(1).replace(",", ""))


def held_out(preview: Locator) -> int:
    """How many stay out to be compared with: of this campaign, and of all."""
    reasons = preview.get_by_role("listitem").filter(has_text=re.compile(r"对照组\s*\d+$")).all_inner_texts()
    return sum(int(one.split()[-1]) for one in reasons)


def tile(page: Page, name: str) -> str:
    """What one figure of the result page says."""
    own = page.locator("li").filter(has=page.get_by_text(name, exact=True))
    return own.locator(".value").first.inner_text()
