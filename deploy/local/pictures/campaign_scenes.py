"""A push from its draft to the second person's look: what marketer and reviewer work with."""

from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

from config.settings import ROOT
from deploy.local.pictures.album import Album, NothingToShow
from deploy.local.pictures.today import MARKETER
from deploy.local.pictures.town import Town
from deploy.local.product import eventually

REVIEWER = "reviewer01"
LIST = "企业名称,联系人,手机号码,客户等级,升级差额,最近动账日\n" + "".join(
    f"庐州{kind}有限公司,{name}先生,1380001{number:04d},金卡,{number}%,2025-0{number}-12\n"
    for number, (kind, name) in enumerate((("五金", "王"), ("建材", "李"), ("物流", "周"), ("餐饮", "陶")), start=1)
)
RULE = {"op": "all", "of": [{"field": "first_seen", "op": "within_days", "value": 90}]}


def pushes(album: Album, town: Town) -> int:
    """The list, the steps with who is left out why, the calendar, and a push before its approval, whose id this is."""
    waits = _waiting(town)
    page = album.console(MARKETER, "campaigns")
    page.get_by_role("table").wait_for()
    album.keep(page, "campaigns")
    page.get_by_role("tab", name="日历与额度").click()
    page.get_by_role("region", name="公众号后台的群发").wait_for()
    album.keep(page, "campaigns-month")
    album.go(page, f"campaigns/{_draft(town)}")
    page.get_by_role("button", name="人群").click()
    page.get_by_text("不发的原因").wait_for()
    album.keep(page, "campaigns-editor")
    page.context.close()
    page = album.console(REVIEWER, f"campaigns/{waits}")
    page.get_by_text("不发的原因").wait_for()
    album.keep(page, "campaigns-review")
    page.context.close()
    return waits


def lists(album: Album, town: Town) -> None:
    """A branch's list whose columns are being looked at."""
    page = album.console(MARKETER, "audience")
    page.get_by_role("tab", name="名单导入").click()
    page.get_by_role("button", name="导入名单").click()
    page.get_by_label("名单文件").set_input_files(
        {"name": "7月久悬户.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    page.get_by_label("名单名称").fill("7月久悬户")
    page.get_by_label("归属网点").select_option("总行")
    page.get_by_label("用途", exact=True).fill("请客户用起账户")
    page.get_by_label("使用依据").select_option(label="客户同意")
    page.get_by_label("名单到期日").fill((town.now().date() + timedelta(days=60)).isoformat())
    page.get_by_role("button", name="上传并读取").click()
    page.get_by_role("button", name="开始核对").wait_for()
    page.wait_for_timeout(800)
    album.keep(page, "audience-import")
    page.context.close()


def results(album: Album, town: Town, campaign: int) -> None:
    """A push that went out, three who read it, two of whom scan its code and write, and what came of it by the next
    day.
    """
    seen = town.ask(REVIEWER, f"campaigns/{campaign}")
    town.call(REVIEWER, f"campaigns/{campaign}/approve", {"content_hash": seen["content_hash"]})
    town.call(MARKETER, f"campaigns/{campaign}/schedule")
    starts = datetime.fromisoformat(town.ask(MARKETER, f"campaigns/{campaign}")["starts_at"])
    town.later(max(0.0, (starts - town.now()).total_seconds()) + 60)
    if not eventually(lambda: _is_out(town, campaign), within_s=90, every_s=2):
        raise NothingToShow("the push never went out")
    for number, name in enumerate(("陶先生", "张先生", "胡女士")):
        owner = town.owner(name)
        phone = album.phone(owner.openid)
        with phone.context.expect_page() as opened:
            phone.get_by_role("link", name="您的对公账户已较长时间未使用").last.click()
        opened.value.wait_for_load_state()
        phone.context.close()
        if number:
            owner.push({"type": "scan", "scene": f"m{campaign}v1"})
            owner.say("刚才推的账户提醒，我的要怎么处理")
    town.next_working_day("9:00")
    for tick in ("take_figures", "gather_results"):
        town.tick(tick)
    page = album.console(MARKETER, f"results/{campaign}")
    page.locator("h1").wait_for()
    page.wait_for_timeout(3000)
    page.reload()
    page.wait_for_timeout(1500)
    album.keep(page, "results")
    page.context.close()


def _is_out(town: Town, campaign: int) -> bool:
    town.tick("run_campaigns")
    return bool(town.ask(MARKETER, f"campaigns/{campaign}/progress")["state"] == "finished")


def _waiting(town: Town) -> int:
    version = _article(town, "dormant_notice")
    found = town.call(MARKETER, "campaigns", _wish(town, "对公账户久未使用提醒", "service", version))
    town.call(MARKETER, f"campaigns/{found['id']}/submit")
    return int(found["id"])


def _draft(town: Town) -> int:
    version = _article(town, "loan_product")
    return int(town.call(MARKETER, "campaigns", _wish(town, "小微经营周转 · 新关注", "marketing", version))["id"])


def _wish(town: Town, name: str, kind: str, version: int) -> dict[str, Any]:
    segment = town.call(MARKETER, "audience/segments", {"name": f"新关注 · {name}"[:40], "rule": RULE})
    town.call(MARKETER, f"audience/segments/{segment['id']}/count")
    starts = town.today_at("14:00") + timedelta(days=1)
    return {
        "name": name,
        "goal": "activate",
        "metric": "chats",
        "message_class": kind,
        "included": [segment["id"]],
        "variants": [{"article_version_id": version, "share": 100}],
        "holdout_bp": 500,
        "not_before": starts.isoformat(),
        "not_after": (starts + timedelta(hours=2)).isoformat(),
    }


def _article(town: Town, template: str) -> int:
    """A sealed version made from a template of the release, with a cover."""
    begun = town.call(MARKETER, "articles", {"template": template})
    newest = begun["newest"]
    kept = ("title", "author", "digest", "body", "kind", "crop_235_1", "crop_1_1", "source_url", "goal", "revision")
    words = {name: newest[name] for name in kept} | {"cover_id": _cover(town)}
    saved = town.call(MARKETER, f"articles/{begun['id']}", words, "PUT")
    sealed = town.call(MARKETER, f"articles/{begun['id']}/seal", {"revision": saved["newest"]["revision"]})
    return int(sealed["newest"]["id"])


def _cover(town: Town) -> int:
    picture = (ROOT / "config" / "pictures" / "loan_apply_menu.png").read_bytes()
    return int(town.call(MARKETER, "articles/pictures", {"content": b64encode(picture).decode()})["id"])
