"""The supervisor of a script: the live board, and whether what was promised was kept."""

from typing import Any, Self

from deploy.local.product import Console
from deploy.local.scripts.caller import Caller
from deploy.local.scripts.record import Record, StepFailed
from deploy.local.scripts.rep import Rep
from deploy.local.scripts.transcript import Side


class Supervisor:
    """Looks on. Counts that other stories of the day share are read, not printed."""

    def __init__(self, record: Record, console: Console, name: str) -> None:
        self.console, self.name = console, name
        self._record = record

    def sees_serving(self, rep: Rep) -> Self:
        """The live board shows this rep with a chat in his hands."""
        self._record.wait_for(f"{rep.name} with a chat on the board", lambda: self._row(rep)["chats"])
        self._did(f"现场：{rep.name}在线，正在接待")
        return self

    def sees_kept(self, caller: Caller) -> Self:
        """The call just made kept its promise, however long it took."""
        sheet = self.console.client.get(f"/api/followups/{caller.call}").raise_for_status().json()
        if sheet["item"]["kept_on_time"] is not True:
            raise StepFailed(f"the promise of call {caller.call} counts as {sheet['item']['kept_on_time']}")
        self._did(f"回访按时完成，通话{sheet['talked_s'] // 60}分钟；通话长短不计入考核")
        return self

    def _row(self, rep: Rep) -> dict[str, Any]:
        board = self.console.client.get("/api/board").raise_for_status().json()
        return dict(next(one for one in board["reps"] if one["username"] == rep.console.username))

    def _did(self, what: str) -> None:
        self._record.happened(Side.DESK, f"主管 {self.name}", what)
