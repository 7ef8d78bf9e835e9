"""Checks → what the page 质检 shows, with a constant number of queries per page."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.quality_schemas import CheckItemOut, CheckOut, CheckRow, FormOut
from bot.bootstrap import Bot
from bot.customers.model import Follower
from bot.handoff.model import Conversation
from bot.quality.model import CheckState, Mark, QualityCheck
from bot.quality.rules import Form, Rule
from bot.staff.model import StaffMember

BP = 100


def form(found: Form) -> FormOut:
    """The form as it stands."""
    items = [CheckItemOut.model_validate(item) for item in found.items]
    return FormOut(
        version=found.version,
        sample_percent=found.sample_bp / BP,
        low_rating=found.low_rating,
        appeal_days=found.appeal_days,
        items=items,
    )


def rows(bot: Bot, session: Session, checks: Sequence[QualityCheck]) -> list[CheckRow]:
    """List rows, in the order given."""
    ids = [check.conversation_id for check in checks]
    found = session.execute(
        select(Conversation, Follower.label)
        .join(Follower, Follower.id == Conversation.follower_id)
        .where(Conversation.id.in_(ids))
    )
    chats = {chat.id: (chat, label) for chat, label in found}
    names = staff_names(session)
    return [_row(bot, check, chats.get(check.conversation_id), names) for check in checks]


def whole(bot: Bot, session: Session, check: QualityCheck) -> CheckOut:
    """One check."""
    names = staff_names(session)
    return CheckOut(
        row=rows(bot, session, [check])[0],
        findings={Rule(name): is_good for name, is_good in check.findings.items()},
        marks={name: Mark(mark) for name, mark in check.marks.items()},
        reasons=check.reasons,
        comment=check.comment,
        checker_name=names.get(check.checker or ""),
        scored_at=check.scored_at,
        appeal=check.appeal,
        appealed_at=check.appealed_at,
        may_appeal=_may_appeal(bot, check),
        is_upheld=check.is_upheld,
        answer=check.answer,
        settler_name=names.get(check.settled_by or ""),
        settled_at=check.settled_at,
    )


def staff_names(session: Session) -> Mapping[str, str]:
    """Names to show by username."""
    return {row[0]: row[1] for row in session.execute(select(StaffMember.username, StaffMember.display_name))}


def _may_appeal(bot: Bot, check: QualityCheck) -> bool:
    if check.state is not CheckState.SCORED or check.scored_at is None:
        return False
    return bot.clock.now() <= check.scored_at + timedelta(days=bot.quality_form.appeal_days)


def _row(bot: Bot, check: QualityCheck, chat: tuple[Conversation, str] | None, names: Mapping[str, str]) -> CheckRow:
    skill = bot.content.skills.get(check.desk)
    # The chat may be past its keeping time.
    conversation, label = chat or (None, "")
    return CheckRow(
        id=check.id,
        conversation_id=check.conversation_id,
        label=label,
        rep=check.rep,
        rep_name=names.get(check.rep, check.rep),
        desk_name=skill.name if skill else check.desk,
        picked=check.picked,
        picked_at=check.picked_at,
        closed_at=conversation.closed_at if conversation else None,
        outcome=conversation.outcome if conversation else None,
        rating=conversation.rating if conversation else None,
        failed=[Rule(name) for name, is_good in check.findings.items() if not is_good],
        state=check.state,
        score=check.score,
        is_fatal=check.is_fatal,
        is_seen=check.seen_at is not None,
    )
