"""A push from its draft to the second person's look: what marketer and reviewer work with."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

from config.settings import ROOT
from deploy.local.pictures.album import Album
from deploy.local.pictures.today import MARKETER
from deploy.local.pictures.town import Town

REVIEWER = "reviewer01"
RULE = {"op": "all", "of": [{"field": "first_seen", "op": "within_days", "value": 90}]}


def pushes(album: Album, town: Town) -> None:
    """The list, the steps with who is left out why, the calendar, and the same push before its approval."""
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
