"""The trainer of a script: what stands in 待学习, and what he decides about it."""

from typing import Any, Self

from deploy.local.product import Console
from deploy.local.scripts.record import Record, StepFailed
from deploy.local.scripts.transcript import Side


class Trainer:
    """Looks at the groups of misread texts; the group looked at last is the one he decides about."""

    def __init__(self, record: Record, console: Console, name: str) -> None:
        self.console, self.name = console, name
        self._record = record
        self._texts: list[dict[str, Any]] = []
        self._lessons: list[dict[str, Any]] = []

    def finds(self, text: str, customers: int) -> Self:
        """A group holds this text, and at least so many customers asked it."""
        group = self._record.wait_for(f"“{text}” in 待学习", lambda: self._group_of(text))
        assert group is not None
        if group["customers"] < customers:
            raise StepFailed(f"only {group['customers']} customers asked “{text}”")
        self._texts = group["texts"]
        listed = "\n".join(f"{one['text']}（{one['count']}次）" for one in sorted(self._texts, key=_by_text))
        self._did(f"在待学习里看到一组，{group['customers']}位客户：\n{listed}")
        return self

    def wants_an_answer(self) -> Self:
        """No approved answer fits: the owners of the content are to write one."""
        utterances = [{"parse_id": one["parse_id"], "text": one["text"]} for one in self._texts]
        body = {"decision": "answer", "utterances": utterances}
        decided = self.console.client.post("/api/learning/lessons", json=body).raise_for_status()
        self._lessons = decided.json()["items"]
        self._did("标为“需要新答案”")
        return self

    def closes_answered(self, result: str) -> Self:
        """What was wanted has been written; the texts leave the list."""
        for lesson in self._lessons:
            path = f"/api/learning/lessons/{lesson['id']}/answered"
            self.console.client.post(path, json={"result": result}).raise_for_status()
        self._did(f"标为“已有答案”：{result}")
        return self

    def _group_of(self, text: str) -> dict[str, Any] | None:
        items = self.console.client.get("/api/learning/groups").raise_for_status().json()["items"]
        return next((group for group in items if any(one["text"] == text for one in group["texts"])), None)

    def _did(self, what: str) -> None:
        self._record.happened(Side.DESK, f"训练师 {self.name}", what)


def _by_text(one: dict[str, Any]) -> str:
    return str(one["text"])
