"""What is known of one follower about one condition: the value in words, where it came from and when it was true."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.audience.catalogue import get_past
from bot.audience.fields import LEVEL_OF, LEVELS, Field, FieldKind
from bot.audience.model import AudienceList, ListRow, ListState, Segment, Trait
from bot.audience.rules import Condition
from bot.clock import day_text, local_day
from bot.customers.model import Follower
from bot.customers.remarks import tags_on
from bot.customers.rules import IdentityLevel
from bot.handoff.matters import Matter
from bot.handoff.model import Conversation

WECHAT, BANK, CHAT, CENTRE = "微信", "核心系统", "聊天记录", "中心登记"


@dataclass(frozen=True)
class Found:
    """A value in words, its source, and when it was true; None for a value nobody knows."""

    text: str | None
    source: str
    as_of: datetime | None


def find_value(session: Session, follower: Follower, condition: Condition, now: datetime) -> Found:
    """What is known of the follower about this condition."""
    field = condition.field
    if field.is_trait:
        return _trait(session, follower, field, now)
    if history := get_past().history_of(field.name):
        text, as_of = history.find(session, follower.id, condition, now)
        return Found(text, field.group, as_of)
    if field.kind is FieldKind.TAGS:
        given = tags_on(session, follower.id)
        newest = max((one.at for one in given), default=None)
        return Found("、".join(field.choices.get(one.tag, one.tag) for one in given) or None, CENTRE, newest)
    if field.kind is FieldKind.ASKED:
        return _asked(session, follower, condition, now)
    if field.kind is FieldKind.LISTS:
        return _listed(session, follower, condition, now)
    if field.kind is FieldKind.SEGMENTS:
        named = session.scalars(select(Segment.name).where(Segment.id.in_(condition.value)).order_by(Segment.id))
        return Found("、".join(named) or None, "客群规则", now)
    return _of_himself(follower, field)


def shown(kind: FieldKind, trait: Trait, unit: str) -> str:
    """A trait's value as people read it."""
    if trait.day is not None:
        return day_text(trait.day)
    if trait.number is not None:
        return ("是" if trait.number else "否") if kind is FieldKind.FLAG else f"{trait.number:,.10g}{unit}"
    return trait.word or ""


def _of_himself(follower: Follower, field: Field) -> Found:
    if field.name == "identity":
        level = IdentityLevel(follower.identity_level)
        return Found(next((LEVELS[one] for one, known in LEVEL_OF.items() if known is level), "访客"), BANK, None)
    if field.name == "first_seen":
        return Found(day_text(local_day(follower.first_seen_at)), WECHAT, follower.first_seen_at)
    if field.name == "last_seen":
        return Found(day_text(local_day(follower.last_seen_at)), WECHAT, follower.last_seen_at)
    return Found({"industry": follower.industry, "branch": follower.branch}[field.name], BANK, None)


def _trait(session: Session, follower: Follower, field: Field, now: datetime) -> Found:
    mine = select(Trait, AudienceList.name).outerjoin(AudienceList, AudienceList.id == Trait.list_id)
    lives = (AudienceList.state == ListState.LIVE) & (AudienceList.expires_at > now)
    counts = or_(Trait.list_id.is_(None), lives), or_(Trait.expires_at.is_(None), Trait.expires_at > now)
    mine = mine.where(Trait.follower_id == follower.id, Trait.key == field.name, *counts)
    found = session.execute(mine.order_by(Trait.as_of.desc(), Trait.id.desc()).limit(1)).first()
    if found is None:
        return Found(None, "没有记录", None)
    trait, name = found
    return Found(shown(field.kind, trait, field.unit), f"名单“{name}”" if name else trait.source, trait.as_of)


def _asked(session: Session, follower: Follower, condition: Condition, now: datetime) -> Found:
    since = now - timedelta(days=condition.days or 0)
    his = select(Matter).join(Conversation, Conversation.id == Matter.conversation_id)
    his = his.where(Conversation.follower_id == follower.id, Matter.intent.in_(condition.value), Matter.at >= since)
    found = session.scalars(his.order_by(Matter.at.desc())).all()
    labels = dict.fromkeys(condition.field.choices.get(one.intent, one.intent) for one in found)
    return Found("、".join(labels) or None, CHAT, found[0].at if found else None)


def _listed(session: Session, follower: Follower, condition: Condition, now: datetime) -> Found:
    on = select(AudienceList).join(ListRow, ListRow.list_id == AudienceList.id)
    on = on.where(ListRow.follower_id == follower.id, AudienceList.id.in_(condition.value))
    found = session.scalars(on.where(AudienceList.state == ListState.LIVE, AudienceList.expires_at > now)).all()
    newest = max((one.committed_at for one in found if one.committed_at), default=None)
    return Found("、".join(one.name for one in found) or None, "名单", newest)
