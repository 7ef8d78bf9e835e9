"""The marketer of a script, and the reviewer of what he wants to send: a branch's list, a segment, an article, a
campaign, and what came of it.
"""

import base64
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Self

import httpx

from bot.clock import local
from config.settings import ROOT
from deploy.local.product import Console
from deploy.local.scripts.customer import Customer
from deploy.local.scripts.record import Record, StepFailed
from deploy.local.scripts.transcript import Side

COVER = ROOT / "config" / "pictures" / "points_redeem_menu.png"
GRADES = {"block": "不能发", "require": "必须补上", "warn": "请留意"}
REASONS = {
    "opted_out": "退订了营销消息",
    "complaint": "投诉还没办结",
    "not_following": "没有关注",
    "in_chat": "正在和服务代表沟通",
}


class Marketer:
    """Builds one campaign at a time."""

    def __init__(self, record: Record, console: Console, name: str) -> None:
        self.console, self.name = console, name
        self._record = record
        self.list_id = self.segment_id = 0
        self.article: dict[str, Any] = {}
        self.campaign: dict[str, Any] = {}
        self._articles: list[int] = []

    def imports(self, name: str, branch: str, header: str, rows: Sequence[tuple[Customer, str]], junk: str) -> Self:
        """A branch's list by firm numbers with one more column, and a line that fits nobody: looked at before it is
        taken over.
        """
        lines = [f"企业编号,{header}", *(f"{one.firm},{value}" for one, value in rows), f"{junk},{rows[0][1]}"]
        content = "\n".join(lines).encode("gb18030")
        told = {
            "name": name,
            "purpose": "提示账户状态",
            "basis": "contract",
            "branch": branch,
            "expires_on": (self._record.now.date() + timedelta(days=60)).isoformat(),
            "file_name": f"{name}.csv",
            "size": len(content),
        }
        self.list_id = self._post("/api/audience/lists", told)["id"]
        base = f"/api/audience/lists/{self.list_id}"
        part = {"content": base64.b64encode(content).decode()}
        self.console.client.put(f"{base}/parts/0", json=part).raise_for_status()
        self._post(f"{base}/uploaded")
        found = self._await(base, "mapping")
        columns = {"mapping": found["look"]["mapping"], "data_as_of": self._record.now.date().isoformat()}
        self._post(f"{base}/columns", columns)
        counts = self._await(base, "checked")["counts"]
        self._did(
            f"导入{branch}的名单“{name}”（用途：提示账户状态；依据：履行合同；60天后到期）。"
            f"先看一遍再入库：对上{counts.get('matched', 0)}户，退订{counts.get('opted_out', 0)}户，"
            f"没有这家企业{counts.get('unknown', 0)}户"
        )
        self._post(f"{base}/commit")
        self._await(base, "live")
        return self

    def picks(self, name: str, rule: dict[str, Any]) -> Self:
        """A segment, told in words."""
        self.segment_id = self._post("/api/audience/segments", {"name": name, "rule": rule})["id"]
        seen = self._post("/api/audience/look", {"rule": rule})
        self._did(f"客群“{name}”：{seen['words']}")
        return self

    def writes(self, title: str, body: str, kind: str) -> Self:
        """A new article, or the one at hand in other words."""
        if not self.article:
            self.article = self._post("/api/articles", {})
            self._articles.append(self.article["id"])
        newest = self.article["newest"]
        picture = {"content": base64.b64encode(COVER.read_bytes()).decode()}
        cover = newest["cover_id"] or self._post("/api/articles/pictures", picture)["id"]
        words = {
            "title": title,
            "author": "普惠金融",
            "digest": "",
            "body": f"<p>{body}</p>",
            "kind": kind,
            "goal": "唤醒",
            "cover_id": cover,
            "revision": newest["revision"] if newest["state"] == "open" else 0,
        }
        path = f"/api/articles/{self.article['id']}"
        self.article = self.console.client.put(path, json=words).raise_for_status().json()
        self._did(f"写图文《{title}》：\n{body}")
        return self

    def sees_marks(self, *wanted: str) -> Self:
        """What is underlined in the words, each with its reason; exactly these."""
        marks = self._marks()
        found = [mark["quote"] or mark["why"] for mark in marks]
        missing = [one for one in wanted if not any(one in mark["quote"] + mark["why"] for mark in marks)]
        if missing or len(marks) != len(wanted):
            raise StepFailed(f"marked are {found}, not {list(wanted)}")
        told = (f"“{one['quote']}”（{GRADES[one['grade']]}）{one['why']}" for one in marks)
        self._did("系统划出：\n" + "\n".join(told))
        return self

    def cannot_seal(self) -> Self:
        """An article with such words does not become final."""
        refused = self.console.client.post(f"/api/articles/{self.article['id']}/seal", json=self._revision())
        if refused.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
            raise StepFailed(f"an article with marks was sealed: {refused.status_code}")
        self._did("定稿：被拒绝，先改掉划出的地方")
        return self

    def seals(self) -> Self:
        """Nothing is marked, and the words are final."""
        if self._marks():
            raise StepFailed(f"still marked: {self._marks()}")
        self.article = self._post(f"/api/articles/{self.article['id']}/seal", self._revision())
        self._did("没有划出任何地方，定稿")
        return self

    def plans(self, name: str, kind: str, at: str) -> Self:
        """A campaign for this time of today, told by which figure it is judged; told when it is moved."""
        hour, minute = map(int, at.split(":"))
        wanted = self._record.now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        self.campaign = self._post(
            "/api/campaigns",
            {
                "name": name,
                "goal": "activate",
                "metric": "woken",
                "message_class": kind,
                "included": [self.segment_id],
                "variants": [{"article_version_id": self.article["newest"]["id"], "share": 100}]
                if self.article
                else [],
                "not_before": wanted.isoformat(),
            },
        )
        starts = local(datetime.fromisoformat(self.campaign["starts_at"]))
        moved = (
            "" if starts == wanted else f"；{at}不在可发时段（8:30—20:30），改到{_day(starts, wanted)}{starts:%-H:%M}"
        )
        self._did(f"活动“{name}”（目标：激活，只看“唤醒户数”），定在今天{at}{moved}")
        return self

    def hands_in(self) -> Self:
        """Ask a second person, and see who is left out and why."""
        seen = self.console.client.get(f"/api/campaigns/{self.campaign['id']}/preview").raise_for_status().json()
        out = [f"{REASONS[one['reason']]}{one['followers']}户" for one in seen["reasons"] if one["reason"] is not None]
        self.campaign = self._post(f"/api/campaigns/{self.campaign['id']}/submit")
        self._did(f"提交审核：{seen['audience']}户里发{seen['included']}户；不发：{'，'.join(out) or '无'}")
        return self

    def may_not_approve(self) -> Self:
        """Who made it cannot be the one who approves it."""
        if approve(self.console, self.campaign).status_code != httpx.codes.FORBIDDEN:
            raise StepFailed(f"{self.name} approved his own campaign")
        self._did("自己审批自己的活动：被拒绝")
        return self

    def schedules(self) -> Self:
        """It goes out by itself from now on."""
        self._post(f"/api/campaigns/{self.campaign['id']}/schedule")
        self._did("排期")
        return self

    def sees_finished(self) -> Self:
        """All of it went out and the platform reported."""
        path = f"/api/campaigns/{self.campaign['id']}/progress"
        done = self._wait_for("the campaign's end", path, lambda seen: seen["state"] == "finished")
        self._did(f"活动结束：微信报告送达{done['sent']}户，失败{done['errors']}户")
        return self

    def sees_left_out(self, customer: Customer, reason: str) -> Self:
        """Why this follower is not sent it."""
        firms = self.console.client.get("/api/audience/followers", params={"text": customer.firm or ""})
        # Earlier stories may have had somebody else of the firm.
        person = max(firms.raise_for_status().json()["items"], key=lambda one: int(one["id"]))
        path = f"/api/campaigns/{self.campaign['id']}/why"
        found = self.console.client.get(path, params={"follower_id": person["id"]}).raise_for_status().json()
        if found["reason"] != reason:
            raise StepFailed(f"he is left out for {found['reason']}")
        self._did(f"查一户为什么没发：{REASONS[reason]}")
        return self

    def goes_home(self) -> None:
        """Put away what the story made, so that the next one begins without it."""
        if self.campaign:
            self.console.client.post(f"/api/campaigns/{self.campaign['id']}/cancel", json={"reason": "演示结束"})
        for article in self._articles:
            self.console.client.post(f"/api/articles/{article}/archive", json={"is_archived": True})
        if self.segment_id:
            self.console.client.post(f"/api/audience/segments/{self.segment_id}/retire")
        if self.list_id:
            self.console.client.post(f"/api/audience/lists/{self.list_id}/end")

    def _marks(self) -> list[dict[str, Any]]:
        newest = self.article["newest"]
        names = ("title", "author", "digest", "body", "kind", "cover_id", "goal")
        return list(self._post("/api/articles/check", {name: newest[name] for name in names})["marks"])

    def _revision(self) -> dict[str, Any]:
        return {"revision": self.article["newest"]["revision"]}

    def _await(self, path: str, state: str) -> dict[str, Any]:
        return self._wait_for(f"a list that is {state}", path, lambda seen: seen["state"] == state)

    def _wait_for(self, what: str, path: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            seen = self.console.client.get(path).raise_for_status().json()
            return seen if is_so(seen) else None

        found = self._record.wait_for(what, look)
        assert found is not None
        return found

    def _post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self.console.client.post(path, json=body)
        if answer.is_error:
            raise StepFailed(f"{path} was answered with {answer.status_code}: {answer.text}")
        return dict(answer.json())

    def _did(self, what: str) -> None:
        self._record.happened(Side.DESK, f"运营 {self.name}", what)


class Approver:
    """Looks at campaigns and decides."""

    def __init__(self, record: Record, console: Console, name: str) -> None:
        self.console, self.name = console, name
        self._record = record

    def approves(self, marketer: Marketer) -> Self:
        """Yes to exactly this article, audience and time."""
        approve(self.console, marketer.campaign).raise_for_status()
        self._record.happened(Side.DESK, f"消保审核 {self.name}", "看过图文、人群和时间，审批通过")
        return self


def approve(console: Console, campaign: dict[str, Any]) -> httpx.Response:
    """The second person's yes to what the campaign is now."""
    words = {"content_hash": campaign["content_hash"]}
    return console.client.post(f"/api/campaigns/{campaign['id']}/approve", json=words)


def _day(moment: datetime, today: datetime) -> str:
    days = (moment.date() - today.date()).days
    names: dict[int, str] = {0: "今天", 1: "明天"}
    return names.get(days, f"{moment.month}月{moment.day}日")


def ago(days: int, today: date) -> str:
    """A day so many days ago, as branches write it."""
    return f"{today - timedelta(days=days):%Y/%m/%d}"
