"""Rows → follow-ups as the console shows them, with a constant number of queries per page.

Nothing of the customer beyond what one asks for him by is told before somebody set 本人.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.followup_schemas import (
    AttemptOut,
    CallReferralOut,
    CustomerBrief,
    DiagnosisOut,
    FollowupOut,
    FollowupSheet,
    PastOut,
)
from api.followup_scripts import Script
from bot.bootstrap import Bot
from bot.customers.masking import mask_firm, mask_name, mask_phone, way_to_ask_for
from bot.customers.model import Follower
from bot.followups import queries, rules
from bot.followups.closing import label_of, ticked_in
from bot.followups.model import AttemptCode, Followup, FollowupState
from bot.handoff.model import Conversation
from bot.knowledge.content import Content
from bot.referrals.queries import open_of
from bot.staff.model import StaffMember


def items(bot: Bot, session: Session, rows: Sequence[tuple[Followup, Follower]]) -> list[FollowupOut]:
    """List rows, in the order given."""
    names = _names(session, {row.owner for row, _ in rows if row.owner})
    now = bot.clock.now()
    return [_item(bot, row, follower, names, now) for row, follower in rows]


def sheet(bot: Bot, session: Session, row: Followup) -> FollowupSheet:
    """Everything a call needs."""
    follower = session.get_one(Follower, row.follower_id)
    checklist, ticked = bot.followups.checklist_of(row), ticked_in(session, row.id)
    is_proved = row.proved_at is not None
    is_elder = row.is_elder if row.is_elder is not None else _is_known_as_elder(session, row)
    attempts = queries.attempts_of(session, row.id)
    carried = queries.lessons_left(session, row, bot.followups.checklists)
    names = _names(session, {one.username for one in attempts})
    who = way_to_ask_for(follower.contact)
    script = Script(bot.content, checklist, ticked, is_proved=is_proved, is_elder=is_elder, who=who)
    missing = checklist.missing(ticked, is_proved=is_proved)
    is_open = row.state is FollowupState.OPEN
    return FollowupSheet(
        item=items(bot, session, [(row, follower)])[0],
        customer_id=follower.id,
        referral=_referral(bot, session, row, follower),
        customer=_customer(follower, is_proved=is_proved),
        is_elder=is_elder,
        steps=script.steps(carried),
        missing=[label_of(checklist, one) for one in missing] if is_open else [],
        attempts=[
            AttemptOut(
                id=one.id,
                at=one.at,
                username=one.username,
                name=names.get(one.username, one.username),
                code=AttemptCode(one.code),
                duration_s=one.duration_s,
                note=one.note if is_proved else None,
            )
            for one in attempts
        ],
        past=[_past(bot, one) for one in queries.past_of(session, row)] if is_proved else [],
        diagnosis=_diagnosis(bot.content, row),
        suggestions=rules.suggestions(bot.clock.now(), bot.followups.desk_of(row)),
        talked_s=sum(one.duration_s for one in attempts),
    )


def _item(bot: Bot, row: Followup, follower: Follower, names: Mapping[str, str], now: datetime) -> FollowupOut:
    is_open = row.state is FollowupState.OPEN
    return FollowupOut(
        id=row.id,
        label=follower.label,
        firm=mask_firm(follower.firm_name),
        kind=row.kind,
        segment=row.segment,
        segment_name=bot.followups.checklist_of(row).name,
        state="claimed" if is_open and row.owner else row.state.value,
        priority=row.priority,
        skill=row.skill,
        owner=row.owner,
        owner_name=names.get(row.owner or ""),
        reason=row.reason,
        phone=mask_phone(row.phone),
        due_at=row.due_at,
        slot_at=row.slot_at,
        is_overdue=is_open and row.due_at < now,
        is_missed=row.missed_at is not None,
        tries=row.tries,
        kept_on_time=row.kept_on_time,
        outcome=row.outcome,
        done_at=row.done_at,
        conversation_id=row.conversation_id,
    )


def _customer(follower: Follower, *, is_proved: bool) -> CustomerBrief:
    return CustomerBrief(
        label=follower.label,
        ask_for=way_to_ask_for(follower.contact),
        contact=follower.contact if is_proved else mask_name(follower.contact),
        firm_name=follower.firm_name if is_proved else mask_firm(follower.firm_name),
        industry=follower.industry if is_proved else None,
        branch=follower.branch if is_proved else None,
        is_proved=is_proved,
    )


def _referral(bot: Bot, session: Session, row: Followup, follower: Follower) -> CallReferralOut:
    known = open_of(session, row.conversation_id, row.id)
    return CallReferralOut(
        ask=bot.briefing.words(session, row, "", bot.content, with_need=row.proved_at is not None),
        branch=follower.branch,
        number=known.number if known is not None else None,
    )


def _past(bot: Bot, row: Followup) -> PastOut:
    return PastOut(
        id=row.id,
        kind=row.kind,
        segment_name=bot.followups.checklist_of(row).name,
        done_at=row.done_at,
        outcome=row.outcome,
        result=row.result,
    )


def _diagnosis(content: Content, row: Followup) -> DiagnosisOut | None:
    kept = row.diagnosis or {}
    tree = content.diagnoses.get(kept.get("tree", ""))
    symptom = tree.symptoms.get(kept["symptom"]) if tree else None
    if symptom is None or row.proved_at is None:
        return None
    advice = content.fill(symptom.advice)
    return DiagnosisOut(answers=kept["answers"], cause=symptom.cause, advice=advice, is_urgent=symptom.urgent)


def _is_known_as_elder(session: Session, row: Followup) -> bool:
    """Whether he told the bot that he finds screens hard."""
    his = select(Conversation).where(Conversation.follower_id == row.follower_id)
    last = session.scalars(his.order_by(Conversation.id.desc()).limit(1)).first()
    return bool(last and last.session.get("slots", {}).get("elder"))


def _names(session: Session, usernames: set[str]) -> dict[str, str]:
    found = session.scalars(select(StaffMember).where(StaffMember.username.in_(usernames)))
    return {row.username: row.display_name for row in found}
