"""A marketer's day in two browsers and on the phones of followers: a branch's list, a segment, an article whose words
are underlined, a campaign that somebody else approves, a pause, and one of the followers who asks about what he read.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, expect

from deploy.local.product import Phone, eventually
from deploy.local.scripts.marketer import ago
from deploy.local.scripts.stage import House, Stage
from tests.e2e import marketers_pages as pages
from tests.e2e.conftest import Product
from tests.e2e.marketers_pages import SLOW_MS
from tests.e2e.test_story_a1 import _phone_page, _sign_in

SEND = "/cgi-bin/message/mass/send"
OWNERS = 36
# The last of them: one never agreed, one refuses, one talks with a rep, one left.
SILENT = 4
BRANCH = "总行"
LIST, SEGMENT, CAMPAIGN = "三里庵不动户名单", "三里庵一年没动账的户", "唤醒三里庵不动户"
TITLE = "您的对公账户很久没用了"
LOUD = "100%批贷，日息万一，转发好友领红包。"
CALM = (
    "您的对公账户已较长时间未使用。可登录企业手机银行查看；如不再使用，可到网点办理销户。",
    "谨防以年检、激活为名的诈骗，我行不通过QQ、微信收取资料。详询95588。拒收请回复R。",
)
QUESTION = "账户还想接着用，转人工"


def test_a_list_becomes_a_campaign_and_a_follower_reaches_a_rep(
    product: Product, browser: Browser, tmp_path: Path
) -> None:
    stage = Stage(House(product.simulator, product.console))
    stage.opens("10:00")
    owners = [product.phone(f"三里庵{number}号老板") for number in range(1, OWNERS + 1)]
    _, refusing, talking, left = silent = owners[-SILENT:]
    for owner in owners:
        if owner is not silent[0]:
            _agree(product, owner)
    refusing.say("R")
    _talk(product, talking)
    left.push({"type": "unsubscribe"})
    product.phones.remove(left)

    mia = _sign_in(browser, product, "marketer01")
    _import(mia, owners, tmp_path / "list.csv", stage)
    _choose(mia)
    _write(mia)
    planned = _plan(mia, f"{stage.record.now:%Y-%m-%d}T10:30")
    _approve(browser, product, mia)
    _send(product, stage, mia, planned)

    got = [owner for owner in owners if _cards(owner)]
    assert [len(_cards(owner)) for owner in got] == [1] * planned
    assert not set(got) & set(silent)
    _ask(browser, product, got)
    _see_results(product, mia, planned)


def _agree(product: Product, owner: Phone) -> None:
    """He says yes to marketing on the bank's own page."""
    word = {"purpose": "marketing", "granted": True, "text_version": "2026-01", "channel": "wechat_h5"}
    body = {"type": "consent_changed", "openid": owner.openid, "data": word}
    answer = product.simulator.post("/sim/bank/events", json=body).raise_for_status().json()
    assert answer["status"] == httpx.codes.OK, answer


def _talk(product: Product, owner: Phone) -> None:
    """A rep has the word."""
    owner.say("转人工")
    rep = product.console("rep02")
    rep.ready()
    chat = eventually(lambda: rep.handoffs(scope="mine", state="offered"))[0]["id"]
    rep.accept(chat)
    assert rep.reply(chat, "您好，请讲。").status_code == httpx.codes.ACCEPTED
    # Whoever comes later is for the other rep.
    rep.client.put("/api/me/status", json={"status": "busy"}).raise_for_status()


def _import(mia: Page, owners: Sequence[Phone], file: Path, stage: Stage) -> None:
    """Everybody stands on the branch's list, one of them twice, and somebody nobody knows."""
    today = stage.record.now.date()
    rows = [f"{one.openid},{ago(400, today)}" for one in owners]
    lines = ["微信标识,最近动账日", *rows, rows[0], f"o-nobody,{today:%Y/%m/%d}"]
    file.write_bytes("\n".join(lines).encode("gb18030"))
    pages.import_list(mia, LIST, file, BRANCH, today)
    taken, refused = (
        mia.get_by_role("region", name="进入名单", exact=True),
        mia.get_by_role("region", name="不进入名单"),
    )
    expect(taken).to_contain_text(f"匹配到客户{OWNERS - 2}", timeout=SLOW_MS)
    expect(taken).to_contain_text("保持退订，不会收到营销）1")
    expect(taken).to_contain_text("现在没有关注1")
    expect(refused).to_contain_text("没有找到这个客户1")
    expect(refused).to_contain_text("与前面的行重复1")
    mia.get_by_role("button", name="确认生效").click()
    expect(mia.locator("header").get_by_text("已生效", exact=True)).to_be_visible(timeout=SLOW_MS)


def _choose(mia: Page) -> None:
    pages.build_segment(mia, SEGMENT, LIST)
    result = mia.get_by_role("region", name="当前人数")
    expect(result).to_contain_text(f"符合规则{OWNERS}", timeout=SLOW_MS)
    expect(result).to_contain_text(f"其中可触达{OWNERS - 2}")
    mia.get_by_role("button", name="保存", exact=True).click()
    expect(mia.get_by_role("navigation", name="客群").get_by_text(SEGMENT)).to_be_visible(timeout=SLOW_MS)


def _write(mia: Page) -> None:
    """What may not be said is underlined where it stands, each with its reason; then the words are mended."""
    pages.begin_article(mia, TITLE)
    pages.write_body(mia, [LOUD])
    for words in ("100%批贷", "日息万一", "转发好友领红包"):
        expect(mia.locator(".mark.grade-block").filter(has_text=words).first).to_be_visible(timeout=SLOW_MS)
    expect(mia.get_by_role("tabpanel")).to_contain_text("处要改好才能定稿")
    expect(mia.get_by_role("button", name="定稿", exact=True)).to_be_disabled()
    pages.write_body(mia, CALM)
    mia.get_by_role("button", name="扫码咨询").click()
    expect(mia.get_by_text("检查通过，可以定稿")).to_be_visible(timeout=SLOW_MS)
    expect(mia.locator(".mark.grade-block")).to_have_count(0)
    mia.get_by_role("button", name="定稿", exact=True).click()
    expect(mia.get_by_text("已定稿", exact=True).first).to_be_visible(timeout=SLOW_MS)


def _plan(mia: Page, moment: str) -> int:
    """How many the page says will get it; the others stand there with their reasons."""
    pages.begin_campaign(mia, CAMPAIGN)
    pages.choose_audience(mia, SEGMENT, holdout_percent=10)
    pages.choose_article(mia, TITLE)
    pages.choose_time(mia, moment)
    pages.go_on(mia)
    preview = mia.get_by_role("region", name="计划预览")
    for reason in ("已取消关注", "已退订", "没有同意接收营销", "正在和服务代表对话"):
        expect(preview.get_by_role("listitem").filter(has_text=reason)).to_contain_text("1", timeout=SLOW_MS)
    expect(mia.get_by_text("都填好了，可以提交。")).to_be_visible(timeout=SLOW_MS)
    planned, held = pages.sum_of(preview), pages.held_out(preview)
    assert 0 < planned == OWNERS - SILENT - held
    mia.get_by_role("button", name="提交审批").last.click()
    expect(mia.get_by_text("这场推送是您编辑的，要由另一位同事审批。")).to_be_visible(timeout=SLOW_MS)
    expect(mia.get_by_role("button", name="通过", exact=True)).to_have_count(0)
    return planned


def _approve(browser: Browser, product: Product, mia: Page) -> None:
    """A second person sees what the first one wrote, in another browser."""
    zheng = _sign_in(browser, product, "reviewer01")
    pages.go(zheng, "推送")
    row = zheng.get_by_role("row").filter(has_text=CAMPAIGN)
    expect(row).to_contain_text("待您审批", timeout=SLOW_MS)
    row.get_by_role("link", name=CAMPAIGN).click()
    expect(zheng.get_by_text(TITLE).first).to_be_visible(timeout=SLOW_MS)
    zheng.get_by_role("button", name="通过", exact=True).click(timeout=SLOW_MS)
    expect(mia.get_by_role("button", name="确认发送安排")).to_be_visible(timeout=SLOW_MS)


def _send(product: Product, stage: Stage, mia: Page, planned: int) -> None:
    """The platform is busy when the hour comes: what has not left is held back, and goes on later."""
    mia.get_by_role("button", name="确认发送安排").click()
    far = mia.get_by_role("region", name="发送进度")
    expect(far).to_contain_text("10:30 自动开始", timeout=SLOW_MS)
    product.simulator.post("/sim/faults", json={"api": {SEND: {"errcode": -1}}}).raise_for_status()
    try:
        stage.at("10:31")
        expect(far).to_contain_text("微信平台正忙", timeout=SLOW_MS)
        _pause(mia, planned)
    finally:
        product.simulator.post("/sim/faults", json={}).raise_for_status()

    # The platform has long been ready again, and still nothing leaves.
    stage.at("10:33")
    expect(far).to_contain_text("已暂停，等人继续。", timeout=SLOW_MS)
    expect(far).to_contain_text(f"还没发出 {planned}")
    mia.get_by_role("button", name="继续发送").click()
    expect(far).to_contain_text("100%", timeout=SLOW_MS)
    # The platform reports some seconds later.
    stage.at("10:34")
    expect(far).to_contain_text(f"已送达 {planned}", timeout=SLOW_MS)
    expect(far).to_contain_text("发完")
    expect(mia.get_by_text("已完成", exact=True).first).to_be_visible()


def _pause(mia: Page, planned: int) -> None:
    mia.get_by_role("button", name="暂停", exact=True).click()
    dialog = mia.get_by_role("dialog", name="暂停")
    expect(dialog).to_contain_text("一条都还没有发出。")
    expect(dialog).to_contain_text(f"还没发出 {planned} 人")
    dialog.get_by_label("原因").fill("等网点打个招呼")
    dialog.get_by_role("button", name="暂停", exact=True).click()
    expect(mia.get_by_text("已暂停，等人继续。")).to_be_visible(timeout=SLOW_MS)


def _cards(owner: Phone) -> list[dict[str, object]]:
    return [entry for entry in owner.transcript() if entry.get("via") == "mass"]


def _ask(browser: Browser, product: Product, got: Sequence[Phone]) -> None:
    """Two open the card; one of them scans the code in the article, asks for a person, and is known to come from it."""
    desk = _sign_in(browser, product, "rep01")
    desk.get_by_text("就绪", exact=True).first.click()
    reading, asking = (_phone_page(browser, product, owner.openid) for owner in got[:2])
    _open(reading)
    article = _open(asking)
    article.get_by_role("button", name="识别图中的二维码").click()
    expect(article.get_by_text("已识别，请回到公众号查看")).to_be_visible(timeout=SLOW_MS)
    expect(asking.get_by_text(f"您正在看《{TITLE}》")).to_be_visible(timeout=SLOW_MS)
    asking.get_by_label("输入消息").fill(QUESTION)
    asking.keyboard.press("Enter")
    desk.get_by_role("button", name="接入", exact=True).first.click(timeout=SLOW_MS)
    expect(desk.get_by_text(QUESTION).first).to_be_visible(timeout=SLOW_MS)
    expect(desk.get_by_role("region", name="从哪里来")).to_contain_text(f"来自推文《{TITLE}》", timeout=SLOW_MS)
    desk.get_by_label("回复内容").fill("您好，久未使用的账户，带上证件到三里庵支行就能恢复。")
    desk.keyboard.press("Enter")
    expect(asking.get_by_text("带上证件到三里庵支行").first).to_be_visible(timeout=SLOW_MS)


def _open(phone: Page) -> Page:
    """The page behind the card that was pushed."""
    with phone.context.expect_page() as opened:
        phone.get_by_role("link", name=TITLE).last.click()
    expect(opened.value.get_by_role("heading", name=TITLE)).to_be_visible(timeout=SLOW_MS)
    return opened.value


def _see_results(product: Product, mia: Page, planned: int) -> None:
    # A young campaign is gathered every minute.
    product.simulator.post("/sim/clock", json={"advance_s": 120}).raise_for_status()
    pages.go(mia, "效果")
    mia.get_by_role("link", name=CAMPAIGN).click(timeout=SLOW_MS)
    wanted = {"已送达": str(planned), "扫码人数": "1", "咨询人数": "1", "转人工": "1"}

    def is_all_there() -> bool:
        mia.get_by_role("button", name="刷新").click()
        return all(pages.tile(mia, name) == value for name, value in wanted.items())

    assert eventually(is_all_there, within_s=40, every_s=2), {name: pages.tile(mia, name) for name in wanted}
    mia.get_by_role("button", name=re.compile("“扫码人数”背后的客户")).click()
    who = mia.get_by_role("dialog", name="扫码人数：是哪些客户")
    expect(who.locator("tbody").get_by_role("row")).to_have_count(1, timeout=SLOW_MS)
