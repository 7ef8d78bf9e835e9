"""Who keeps the knowledge base in a script: one writes what the bank is to say, another approves it."""

from datetime import date
from typing import Any, Self

import httpx

from deploy.local.product import Console
from deploy.local.scripts.record import Record, StepFailed
from deploy.local.scripts.transcript import Side

OWNER, SOURCE = "电子银行部", "积分业务说明"


class Writer:
    """Writes answers to questions; the one written last is the one he hands in."""

    def __init__(self, record: Record, console: Console, name: str) -> None:
        self.console, self.name = console, name
        self._record = record
        self._written: list[dict[str, Any]] = []
        self._key = ""

    @property
    def handed_in(self) -> dict[str, Any]:
        """The version that waits for the second person."""
        return self._written[-1]

    def writes(self, key: str, title: str, text: str, questions: tuple[str, ...], until: date) -> Self:
        """A new answer, with where it is from and when it ends."""
        self._key = key
        version = {
            "title": title,
            "owner": OWNER,
            "source": SOURCE,
            "effective_from": self._record.now.date().isoformat(),
            "effective_until": until.isoformat(),
            "body": {"questions": list(questions), "text": text, "choices": []},
        }
        path = f"/api/knowledge/items/faq/{key}"
        self._written.append(self.console.client.put(path, json=version).raise_for_status().json())
        self._did(f"写了一条问答“{title}”（{OWNER}，依据：{SOURCE}，到{until.month}月{until.day}日失效）：\n{text}")
        return self

    def hands_in(self) -> Self:
        """Ask for the approval."""
        self.console.client.post(f"/api/knowledge/versions/{self.handed_in['id']}/submit").raise_for_status()
        self._did("提交审批")
        return self

    def may_not_approve(self) -> Self:
        """Who wrote it cannot be the one who approves it."""
        refused = _approve(self.console, self.handed_in)
        if refused.status_code != httpx.codes.FORBIDDEN:
            raise StepFailed(f"{self.name} approved his own words: {refused.status_code}")
        self._did("自己审批自己写的：被拒绝")
        return self

    def goes_home(self) -> None:
        """Take back what was written, so that the next story meets the bank's own words."""
        for version in self._written:
            self.console.client.post(f"/api/knowledge/versions/{version['id']}/retire")

    def _did(self, what: str) -> None:
        self._record.happened(Side.DESK, f"运营 {self.name}", what)


class Reviewer:
    """Looks at what waits and decides."""

    def __init__(self, record: Record, console: Console, name: str) -> None:
        self.console, self.name = console, name
        self._record = record

    def approves(self, writer: Writer) -> Self:
        """The words are live at once."""
        _approve(self.console, writer.handed_in).raise_for_status()
        self._record.happened(Side.DESK, f"消保审核 {self.name}", "审批通过，马上生效")
        return self


def _approve(console: Console, version: dict[str, Any]) -> httpx.Response:
    words = {"content_hash": version["content_hash"]}
    return console.client.post(f"/api/knowledge/versions/{version['id']}/approve", json=words)
