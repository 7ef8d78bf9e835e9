"""The desk's page of one person, as the console keeps it: what it has read of the server, and what each event makes it
read again (console/src/touches.json, which the console's own tests hold to). An event it is not told of, and one that
reads too little, leave it with what is no longer true.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from api.event_feed import topics_of_rows
from bot.handoff.hearing import topics_of_person
from bot.outbox import OutboxRow, last_id, read_after
from bot.staff.model import StaffMember
from config.settings import ROOT
from tests.product import UnderTest
from tests.unit.api.conftest import Browser

TOUCHES: dict[str, dict[str, Any]] = json.loads((ROOT / "console" / "src" / "touches.json").read_text(encoding="utf-8"))
# What changes nothing for who does not write the texts.
UNPUBLISHED = ("saved", "submitted", "sent_back", "discarded")
LISTS = (
    {"scope": "queue", "limit": 100},
    {"state": "active", "scope": "mine", "limit": 100},
    {"state": "wrapping", "scope": "mine", "limit": 100},
)
# What stands beside an open chat; gone with it when it went on to somebody else.
BESIDE = ("leads", "notes", "viewers")
IN_TURN = {"scope": "queue", "sort": "waiting"}


class DeskPage:
    """One page, with one chat open or none."""

    def __init__(self, product: UnderTest, browser: Browser, username: str, chat: int | None = None) -> None:
        self._product, self._browser, self.username, self.chat = product, browser, username, chat
        self.is_supervisor = username == "supervisor"
        self._rows: dict[int, Any] = {}
        self._inbox: dict[int, Any] = {}
        self._read: dict[str, Any] = {}
        self.heard: list[str] = []
        self._readings: dict[str, Callable[[], Any]] = {
            "status": lambda: self._get("/api/session")["user"]["status"],
            "counters": lambda: self._get("/api/counters"),
            "followups": lambda: self._get("/api/followups"),
            "mentions": self._mentions,
            "duty": lambda: self._get("/api/me/duty"),
            "canned": lambda: self._get("/api/canned"),
            "calls": lambda: self._get("/api/followups", scope="all" if self.is_supervisor else "desk", state="open"),
        }
        if self.is_supervisor:
            self._readings |= {"alerts": lambda: self._get("/api/alerts"), "board": lambda: self._get("/api/board")}
        if chat is not None:
            self._readings |= {
                "conversation": lambda: self._get(f"/api/handoffs/{chat}"),
                "leads": lambda: self._get(f"/api/handoffs/{chat}/leads"),
                "notes": lambda: self._get(f"/api/handoffs/{chat}/notes"),
                "viewers": lambda: self._get(f"/api/handoffs/{chat}/viewers"),
            }
        self.position = 0
        self.load()

    def _mentions(self) -> Any:
        """Whether a chat can still be opened is asked when one looks at the list."""
        page = self._get("/api/mentions")
        return {**page, "items": [{**one, "is_readable": None} for one in page["items"]]}

    def load(self) -> None:
        """Read everything, as a page does that is opened."""
        with self._product.bot.database.reading() as session:
            self.position = last_id(session)
        self._read_lists()
        for name in self._readings:
            self._again(name)

    def catch_up(self) -> None:
        """Take what the stream brings since the last look, and read again what it touches."""
        for row in self._frames():
            self.heard.append(row.type)
            self._take(row)

    def shown(self) -> dict[str, Any]:
        """All the page shows, in the order it shows it."""
        waits = [row for row in self._rows.values() if row["owner"] in ("queued", "offered")]
        mine = [row for row in self._rows.values() if row["rep"] == self.username]
        is_gone = self._read.get("conversation") is None
        return {
            **{name: None if is_gone and name in BESIDE else read for name, read in self._read.items()},
            "queue": sorted(waits, key=lambda row: (row["rank"], row["id"])),
            "mine": sorted((row for row in mine if row["owner"] == "active"), key=lambda row: row["id"]),
            "wrapping": sorted(
                (row for row in mine if row["owner"] == "closed" and row["wrap_up_until"]), key=lambda row: row["id"]
            ),
            "inbox": sorted(self._inbox.values(), key=lambda row: (row["rank"], row["id"])),
        }

    def _frames(self) -> Sequence[OutboxRow]:
        bot = self._product.bot
        with bot.database.reading() as session:
            rows = read_after(session, self.position)
            about = topics_of_rows(session, rows, bot.viewed.watchers())
            mine = topics_of_person(session.get_one(StaffMember, self.username))
            self.position = last_id(session)
        return [row for row, topics in zip(rows, about, strict=True) if not topics.isdisjoint(mine)]

    def _take(self, row: OutboxRow) -> None:
        if row.type.startswith("followup."):
            self._again("calls")
        if not row.type.startswith("alert."):
            self._again("board")
        if self._is_old(row):
            return
        touch = TOUCHES[row.type]
        if touch.get("ifShown") and row.conversation_id not in self._known():
            return
        for name in touch["reads"]:
            self._touch(name, row)

    def _touch(self, name: str, row: OutboxRow) -> None:
        by_hand: dict[str, Callable[[], None]] = {
            "lists": self._read_lists,
            "row": lambda: self._patch(row.conversation_id),
            "status": lambda: self._take_status(row),
            "conversation": lambda: self._look_at_chat(row.conversation_id),
        }
        if name in by_hand:
            by_hand[name]()
        elif name in BESIDE and row.conversation_id != self.chat:
            return
        elif name != "canned" or row.payload["act"] not in UNPUBLISHED:
            self._again(name)

    def _look_at_chat(self, chat: int | None) -> None:
        """What was not to be seen and is again, is opened as if for the first time."""
        if chat != self.chat:
            return
        was_gone = self._read["conversation"] is None
        self._again("conversation")
        for name in BESIDE if was_gone else ():
            self._again(name)

    def _is_old(self, row: OutboxRow) -> bool:
        return row.version is not None and row.version <= self._known().get(row.conversation_id, row.version - 1)

    def _known(self) -> dict[int | None, int]:
        """The versions of the chats it shows, the older one of what two lists show."""
        rows = [*self._rows.values(), *self._inbox.values()]
        open_ = self._read.get("conversation")
        if open_ and open_["item"]["id"] not in self._rows:
            rows.append(open_["item"])
        known: dict[int | None, int] = {}
        for row in rows:
            known[row["id"]] = min(row["version"], known.get(row["id"], row["version"]))
        return known

    def _take_status(self, row: OutboxRow) -> None:
        if row.payload["rep"] == self.username:
            self._read["status"] = row.payload["status"]

    def _read_lists(self) -> None:
        self._rows = {row["id"]: row for query in LISTS for row in self._get("/api/handoffs", **query)["items"]}
        self._inbox = {row["id"]: row for row in self._get("/api/handoffs", **IN_TURN)["items"]}
        self._again("counters")

    def _patch(self, chat: int | None) -> None:
        for rows, query in ((self._rows, {}), (self._inbox, IN_TURN)):
            rows.pop(chat or 0, None)
            rows |= {row["id"]: row for row in self._get("/api/handoffs", ids=str(chat), **query)["items"]}
        self._again("counters")

    def _again(self, name: str) -> None:
        if name in self._readings:
            self._read[name] = self._readings[name]()

    def _get(self, path: str, **query: object) -> Any:
        answer = self._browser.get(path, **query)
        # What one may no longer see is shown as gone.
        assert answer.status_code in (200, 404), answer.text
        return answer.json if answer.status_code == 200 else None
