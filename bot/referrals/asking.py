"""What a branch is told with a referral that comes from a call: the wish, the customer's need, what was said and asked
already, so that nobody asks him twice. In the bank's own words: internal, never shown to the customer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.followups.branching import wish_of
from bot.followups.checklists import Checklists
from bot.followups.model import Followup, FollowupAttempt, FollowupKind, FollowupTick
from bot.knowledge.content import Content
from bot.leads.queries import of_follower

# As many as the form of the console takes (api/referral_schemas.py).
LONGEST = 500

# A need, as {field: value}, in one line of Chinese.
TellNeed = Callable[[Mapping[str, Any], Content], str]


@dataclass(frozen=True)
class Briefing:
    """Tells a branch what the centre knows of a call."""

    checklists: Checklists
    tell_need: TellNeed

    def words(self, session: Session, row: Followup, wish: str, content: Content, *, with_need: bool = True) -> str:
        """The wish first, then one line each; what is not known is left out. At most LONGEST characters."""
        calls = _chain(session, row)
        need = self._need(session, row.follower_id, content) if with_need else ""
        # A task to refer is about the call before it.
        about = next((call for call in reversed(calls) if call.kind is not FollowupKind.BRANCH), row)
        lines = (
            wish or wish_of(row),
            f"回访事由：{about.reason}",
            _line("客户需求", need),
            _line("已说明", "、".join(self._said(session, calls))),
            _line("排查", _found(calls, content)),
            _line("已致电", _times(session, calls)),
        )
        return "\n".join(line for line in lines if line)[:LONGEST]

    def _need(self, session: Session, follower_id: int, content: Content) -> str:
        leads = [lead for lead in of_follower(session, follower_id) if lead.closed_at is None]
        needs = [{name: entry["value"] for name, entry in lead.need.items()} for lead in leads]
        return "；".join(text for need in needs if (text := self.tell_need(need, content)))

    def _said(self, session: Session, calls: list[Followup]) -> list[str]:
        labels = {item.id: item.label for one in self.checklists.values() for item in one.items()}
        ticks = select(FollowupTick.item).where(FollowupTick.followup_id.in_([call.id for call in calls]))
        ticked = session.scalars(ticks.order_by(FollowupTick.id))
        return list(dict.fromkeys(labels[item] for item in ticked if item in labels))


def _chain(session: Session, row: Followup) -> list[Followup]:
    """The calls about one matter, oldest first."""
    first = row.root_id or row.id
    same = or_(Followup.id == first, Followup.root_id == first)
    return list(session.scalars(select(Followup).where(same).order_by(Followup.id)))


def _found(calls: list[Followup], content: Content) -> str:
    for call in reversed(calls):
        kept = call.diagnosis or {}
        tree = content.diagnoses.get(kept.get("tree", ""))
        if tree is not None and kept["symptom"] in tree.symptoms:
            return f"{'、'.join(kept['answers'])}，原因：{tree.symptoms[kept['symptom']].cause}"
    return ""


def _times(session: Session, calls: list[Followup]) -> str:
    made = FollowupAttempt.followup_id.in_([call.id for call in calls])
    count = session.scalar(select(func.count()).select_from(FollowupAttempt).where(made))
    return f"{count}次" if count else ""


def _line(label: str, text: str) -> str:
    return f"{label}：{text}" if text else ""
