"""The rep of a script on the phone: the list of calls, the call sheet with what must be said, what a call came to."""

import uuid
from typing import Any, Self

import httpx

from deploy.local.product import Console
from deploy.local.scripts.record import Record, StepFailed
from deploy.local.scripts.transcript import Side

CODES = {"himself": "本人", "settled": "已办成", "no_such_number": "空号", "somebody_else": "非本人"}
OUTCOMES = {"told": "已讲清楚", "solved": "已办成"}


class Caller:
    """A rep who makes calls. What is said on the phone stands beside the chats, marked 电话里."""

    def __init__(self, record: Record, console: Console, name: str, customer: str) -> None:
        self.console, self.name = console, name
        self._record = record
        self._customer = customer
        self._sheet: dict[str, Any] = {}
        self._made: list[int] = []

    def has_to_call(self, reason: str) -> Self:
        """Open the newest open call with this reason, whose time has come."""
        found = self._record.wait_for(f"the call “{reason}”", lambda: self._due(reason))
        assert found is not None
        self._made.append(int(found["id"]))
        self._show(self.console.client.get(self._path()))
        self._did(f"回访到点：{found['reason']}\n{self._who()}")
        return self

    def says(self, text: str) -> Self:
        """Say something on the phone."""
        self._record.happened(Side.DESK, f"电话里 {self.name}", text)
        return self

    def reads_out(self, label: str) -> Self:
        """Say what stands under this item of the checklist, and tick it."""
        item = self._item(label)
        self.says(item["say"])
        self._post("ticks", {"item": item["id"]})
        self._did(f"勾选“{label}”")
        return self

    def cannot_close_without(self, label: str) -> Self:
        """Nothing closes while this is missing."""
        answer = self.console.client.post(f"{self._path()}/done", json={"result": "想先结束"})
        if answer.status_code != httpx.codes.CONFLICT or label not in answer.text:
            raise StepFailed(f"the call could be closed without {label}: {answer.status_code} {answer.text[:200]}")
        self._did(f"想结束回访，被拦下：还差“{label}”")
        return self

    def hears(self, text: str) -> Self:
        """The customer says something on the phone."""
        self._record.happened(Side.CUSTOMER, f"{self._customer}（电话里）", text)
        return self

    def speaks_slowly(self) -> Self:
        """The sheet turns to plain words."""
        self._post("elder", {"is_elder": True})
        self._did("勾选“慢慢说”，话术换成大白话")
        return self

    def finds_the_cause(self, tree: str, *answers: str, cause: str) -> Self:
        """Walk the questions with the customer to the cause."""
        self._post("diagnosis", {"tree": tree, "answers": list(answers)})
        found = self._sheet["diagnosis"]
        if found is None or cause not in found["cause"]:
            raise StepFailed(f"{self.name} found {found}")
        self._did(f"排查：{'→'.join(answers)}，原因：{found['cause']}")
        return self.says(found["advice"])

    def comes_to(self, code: str, note: str = "", duration_s: int = 0) -> Self:
        """Write down what the call came to."""
        body = {"client_key": uuid.uuid4().hex, "code": code, "note": note, "duration_s": duration_s}
        self._post("attempts", body)
        self._did(f"登记通话结果：{CODES[code]}{'，' + note if note else ''}\n{self._who()}")
        return self

    def finishes(self, outcome: str, result: str, again_at: str | None = None, reason: str = "") -> Self:
        """Close the call; `again_at` (ISO, with its zone) promises the next one."""
        following = {"at": again_at, "reason": reason} if again_at else None
        body = {"outcome": outcome, "result": result, "next": following}
        self._must_succeed(self.console.client.post(f"{self._path()}/done", json=body))
        promised = f"；约好再打：{reason}" if again_at else ""
        self._did(f"结束回访（{OUTCOMES[outcome]}）：{result}{promised}")
        return self

    def knows_the_next(self, kind: str, told: str) -> Self:
        """By itself the account's clock has made the next call of this kind."""
        found = self._record.wait_for(f"the next call {kind}", lambda: self._open(kind=kind))
        self._made.append(int(found[-1]["id"]))
        self._did(told)
        return self

    @property
    def call(self) -> int:
        """The number of the call in hand."""
        return self._made[-1]

    def goes_home(self) -> None:
        """Close what is left of the story's calls, so that the next one starts with an empty list."""
        for one in self._made:
            answer = self.console.client.get(f"/api/followups/{one}")
            if answer.is_success and answer.json()["item"]["state"] in ("open", "claimed"):
                self._wind_up(f"/api/followups/{one}", answer.json())

    def _wind_up(self, path: str, sheet: dict[str, Any]) -> None:
        said = {"client_key": uuid.uuid4().hex, "code": "himself"}
        self.console.client.post(f"{path}/attempts", json=said)
        for item in [item for step in sheet["steps"] for item in step["items"] if item["must"]]:
            self.console.client.post(f"{path}/ticks", json={"item": item["id"]})
        self.console.client.post(f"{path}/done", json={"outcome": "declined", "result": "演出结束"})

    def _due(self, reason: str) -> dict[str, Any] | None:
        return next((one for one in reversed(self._open()) if reason in one["reason"] and not _is_ahead(one)), None)

    def _open(self, **query: str) -> list[dict[str, Any]]:
        return list(self.console.client.get("/api/followups", params=query).raise_for_status().json()["items"])

    def _path(self) -> str:
        return f"/api/followups/{self.call}"

    def _item(self, label: str) -> dict[str, Any]:
        items = [item for step in self._sheet["steps"] for item in step["items"] if item["label"] == label]
        if not items:
            raise StepFailed(f"“{label}” is nowhere on the sheet of {self.name}")
        return dict(items[0])

    def _who(self) -> str:
        """Whom the sheet shows, masked until 本人 is set."""
        customer = self._sheet["customer"]
        return f"客户：{customer['contact'] or customer['ask_for']}，{customer['firm_name'] or '企业未知'}"

    def _post(self, act: str, body: dict[str, Any]) -> None:
        self._show(self.console.client.post(f"{self._path()}/{act}", json=body))

    def _show(self, answer: httpx.Response) -> None:
        self._must_succeed(answer)
        self._sheet = answer.json()

    def _did(self, what: str) -> None:
        self._record.happened(Side.DESK, f"回访 {self.name}", what)

    @staticmethod
    def _must_succeed(answer: httpx.Response) -> None:
        if answer.is_error:
            raise StepFailed(f"{answer.request.url.path} was answered with {answer.status_code} {answer.text[:200]}")


def _is_ahead(item: dict[str, Any]) -> bool:
    """True for a call that is not due yet; within a minute of its time it is."""
    return not item["is_overdue"] and item["kind"] != "new_account_d1"
