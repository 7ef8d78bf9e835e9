"""Rows → leads as the console shows them, with a constant number of queries per page."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.lead_schemas import LeadDetail, LeadOut, NeedOut, StageChangeOut
from bot.bootstrap import Bot
from bot.customers.consents import is_allowed
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.dialogue.slots import slot_text
from bot.knowledge.content import Content
from bot.leads import queries, rules
from bot.leads.model import ANY_PRODUCT, Lead, LeadStage
from bot.results.touches import sources_in_words
from bot.staff.model import StaffMember

URGENCY = {"now": "马上要用", "week": "一周内", "month": "一个月内", "later": "不着急"}


def items(bot: Bot, session: Session, rows: Sequence[tuple[Lead, Follower]]) -> list[LeadOut]:
    """List rows, in the order given."""
    names = _names(session, {lead.owner for lead, _ in rows if lead.owner})
    sources = sources_in_words(session, (lead.source for lead, _ in rows))
    return [_item(bot.content, lead, follower, names, sources) for lead, follower in rows]


def details(bot: Bot, session: Session, found: Sequence[Lead]) -> list[LeadDetail]:
    """Whole leads of few customers."""
    return [_detail(bot, session, lead) for lead in found]


def _detail(bot: Bot, session: Session, lead: Lead) -> LeadDetail:
    follower = session.get_one(Follower, lead.follower_id)
    stages = queries.stages_of(session, lead.id)
    people = {entry["by"] for entry in lead.need.values()} | {one.actor for one in stages}
    names = _names(session, people)
    return LeadDetail(
        item=items(bot, session, [(lead, follower)])[0],
        need=[_field(bot.content, lead, name, names) for name in rules.FIELDS],
        stages=[
            StageChangeOut(
                stage=one.stage, at=one.at, actor=one.actor, actor_name=names.get(one.actor), evidence=one.evidence
            )
            for one in stages
        ],
        next_stages=[stage for stage in LeadStage if rules.may_go(lead.stage, stage)],
        allows_marketing=is_allowed(session, lead.follower_id, Purpose.MARKETING),
    )


def _item(
    content: Content, lead: Lead, follower: Follower, names: Mapping[str, str], sources: Mapping[str, str]
) -> LeadOut:
    return LeadOut(
        id=lead.id,
        label=follower.label,
        firm_name=follower.firm_name,
        product=lead.product,
        product_name=None if lead.product == ANY_PRODUCT else content.product_names.get(lead.product, lead.product),
        stage=lead.stage,
        lost_reason=lead.lost_reason,
        amount_fen=lead.amount_fen,
        summary="、".join(text for name in rules.FIELDS if (text := _text(content, lead, name)) is not None),
        source=sources.get(lead.source or "", lead.source),
        owner=lead.owner,
        owner_name=names.get(lead.owner or ""),
        conversation_id=lead.conversation_id,
        opened_at=lead.opened_at,
        changed_at=lead.changed_at,
    )


def _field(content: Content, lead: Lead, name: str, names: Mapping[str, str]) -> NeedOut:
    entry = lead.need.get(name, {"value": None, "by": None})
    by = entry["by"]
    return NeedOut(
        name=name, value=entry["value"], text=_text(content, lead, name), by=by, by_name=names.get(by) if by else None
    )


def _text(content: Content, lead: Lead, name: str) -> str | None:
    """A field as people read it beside the others, or None while unknown."""
    value = lead.need.get(name, {}).get("value")
    if value is None:
        return None
    if name == "urgency":
        return URGENCY[value]
    text = slot_text(name, value, content)
    return f"{text}抵押" if name == "collateral" and not value else text


def _names(session: Session, usernames: set[str]) -> dict[str, str]:
    found = session.scalars(select(StaffMember).where(StaffMember.username.in_(usernames)))
    return {row.username: row.display_name for row in found}
