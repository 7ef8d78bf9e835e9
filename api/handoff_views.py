"""Rows → what the console shows, with a constant number of queries per page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api import learning_views, window_views
from api.auth import caller
from api.handoff_schemas import (
    AllowanceOut,
    Card,
    ChoiceOut,
    ConsentOut,
    CustomerOut,
    HandoffItem,
    HandoffOut,
    LineOut,
    PushedOut,
    ReadingOut,
)
from api.reading import get_seen_by_desk
from bot.bootstrap import Bot
from bot.customers.consents import standing_of
from bot.customers.masking import mask_name, mask_phone
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.customers.service import level_of
from bot.delivery import rules
from bot.delivery.model import Allowance, Delivery, DeliveryState
from bot.handoff.markers import unread_counts
from bot.handoff.model import Conversation
from bot.handoff.queries import by_window, closes_at
from bot.handoff.serving import has_spoken
from bot.knowledge.content import Content
from bot.learning.queries import parses_of_lines
from bot.results.model import CampaignChat
from bot.results.rules import scene_in
from bot.results.touches import title_of
from bot.staff.model import StaffMember
from bot.transcripts import queries as transcripts
from bot.transcripts.model import Line

LINES = 60


def items(bot: Bot, session: Session, rows: Sequence[Conversation]) -> list[HandoffItem]:
    """List rows, in the order given."""
    followers = _followers(session, {row.follower_id for row in rows})
    rooms = _rooms(session, {row.follower_id for row in rows}, bot.clock.now())
    names = _names(session, {row.rep for row in rows if row.rep})
    last = transcripts.by_id(session, [row.last_word_id for row in rows if row.last_word_id])
    unread = unread_counts(session, caller().username, rows)
    hurrying = by_window(bot.desk.routing.rules(session))
    return [
        _item(
            bot.content,
            row,
            followers[row.follower_id],
            rooms[row.follower_id],
            names,
            last.get(row.last_word_id or 0),
            unread.get(row.id, 0),
            is_hurrying=row.skill in hurrying,
        )
        for row in rows
    ]


def detail(bot: Bot, session: Session, row: Conversation) -> HandoffOut:
    """Everything about one conversation."""
    follower = session.get_one(Follower, row.follower_id)
    found, has_earlier = transcripts.page(session, row.id, limit=LINES)
    return HandoffOut(
        item=items(bot, session, [row])[0],
        card=_card(row),
        pushed=_pushed(session, row),
        window=window_views.window(session, row, bot.clock.now()),
        customer=_customer(session, follower, row),
        lines=lines(bot, session, found),
        has_earlier=has_earlier,
        outcome_note=row.outcome_note,
    )


def show(bot: Bot, handoff_id: int) -> dict[str, Any]:
    """One conversation of the desk, as JSON. Raises NotFound."""
    with bot.database.reading() as session:
        return detail(bot, session, get_seen_by_desk(session, handoff_id)).model_dump(mode="json")


def lines(bot: Bot, session: Session, found: Sequence[Line]) -> list[LineOut]:
    """Bubbles with what became of each delivery, and what the bot took each customer's line for."""
    ids = [line.delivery_id for line in found if line.delivery_id]
    deliveries = {row.id: row for row in session.scalars(select(Delivery).where(Delivery.id.in_(ids)))}
    parses = parses_of_lines(session, [line.id for line in found])
    labels = bot.content.labels
    readings = {line_id: learning_views.reading(labels, parse) for line_id, parse in parses.items()}
    return [_line(line, deliveries.get(line.delivery_id or 0), readings.get(line.id)) for line in found]


def _line(line: Line, delivery: Delivery | None, reading: ReadingOut | None) -> LineOut:
    detail = dict(line.detail)
    choices = [ChoiceOut(id=choice[0], text=choice[1]) for choice in detail.pop("choices", [])]
    return LineOut(
        id=line.id,
        speaker=line.speaker,
        rep=line.rep,
        kind=line.kind,
        text=line.text,
        choices=choices,
        detail=detail,
        at=line.at,
        client_key=line.client_key,
        delivery=delivery.state.value if delivery else None,
        delivery_reason=delivery.reason if delivery else None,
        held_until=delivery.held_until if delivery and _waits(delivery) else None,
        reading=reading,
    )


def _waits(delivery: Delivery) -> bool:
    return delivery.state is DeliveryState.QUEUED and delivery.attempts == 0


def _item(
    content: Content,
    row: Conversation,
    follower: Follower,
    room: AllowanceOut,
    names: Mapping[str, str],
    last: Line | None,
    unread: int,
    *,
    is_hurrying: bool,
) -> HandoffItem:
    skill = content.skills.get(row.skill or "")
    return HandoffItem(
        id=row.id,
        owner=row.owner,
        version=row.version,
        label=follower.label,
        skill=row.skill,
        skill_name=skill.name if skill else None,
        reason=row.reason,
        priority=row.priority,
        rep=row.rep,
        rep_name=names.get(row.rep or ""),
        queued_at=row.queued_at,
        offered_at=row.offered_at,
        offer_expires_at=row.offer_expires_at,
        accepted_at=row.accepted_at,
        reply_due_at=None if has_spoken(row) else row.reply_due_at,
        wrap_up_until=row.wrap_up_until,
        closed_at=row.closed_at,
        last_customer_at=row.last_customer_at,
        last_rep_at=row.last_rep_at,
        last_text=last.text[:80] if last else "",
        last_word_at=row.last_word_at,
        unanswered=row.unanswered,
        unread=unread,
        rank=row.rank,
        serve_by=closes_at(row.last_customer_at) if is_hurrying and room.left else None,
        allowance=room,
        outcome=row.outcome,
    )


def _card(row: Conversation) -> Card:
    empty: dict[str, Any] = {
        "summary": [],
        "slots": [],
        "tried": [],
        "intent": None,
        "confidence": None,
        "products": [],
        "guide": None,
    }
    return Card.model_validate({**empty, "transfer": None, "returned": None, **row.card, "reason": row.reason or ""})


def _customer(session: Session, follower: Follower, row: Conversation) -> CustomerOut:
    standing = standing_of(session, follower.id)
    past = (Conversation.follower_id == follower.id) & (Conversation.id != row.id)
    return CustomerOut(
        id=follower.id,
        label=follower.label,
        identity_level=level_of(follower),
        firm_name=follower.firm_name,
        contact=mask_name(follower.contact),
        phone=mask_phone(follower.phone),
        industry=follower.industry,
        branch=follower.branch,
        source=_source(row, follower),
        is_following=follower.is_following,
        first_seen_at=follower.first_seen_at,
        past_contacts=session.scalar(select(func.count()).select_from(Conversation).where(past)) or 0,
        consents=[ConsentOut.model_validate(standing[purpose]) for purpose in Purpose if purpose in standing],
    )


def _source(row: Conversation, follower: Follower) -> str | None:
    """Where he comes from; the code of a campaign is told by its article instead."""
    found = row.source or follower.source
    return None if scene_in(found) is not None else found


def _pushed(session: Session, row: Conversation) -> PushedOut | None:
    """The article that led him here; None for a chat that comes from none."""
    scene = scene_in(row.source)
    if scene is None:
        return None
    chat = session.get(CampaignChat, row.id)
    title = title_of(session, scene)
    if chat is None or title is None:
        return None
    return PushedOut(campaign_id=scene.campaign_id, title=title, is_proven=chat.is_proven)


def _followers(session: Session, ids: set[int]) -> dict[int, Follower]:
    return {row.id: row for row in session.scalars(select(Follower).where(Follower.id.in_(ids)))}


def _names(session: Session, usernames: set[str]) -> dict[str, str]:
    return {
        row.username: row.display_name
        for row in session.scalars(select(StaffMember).where(StaffMember.username.in_(usernames)))
    }


def _rooms(session: Session, follower_ids: set[int], now: datetime) -> dict[int, AllowanceOut]:
    grants: dict[int, list[rules.Grant]] = {follower_id: [] for follower_id in follower_ids}
    is_open = Allowance.follower_id.in_(follower_ids) & (Allowance.expires_at > now)
    for row in session.scalars(select(Allowance).where(is_open)):
        grants[row.follower_id].append(rules.Grant(row.id, row.total - row.used, row.expires_at))
    rooms = {follower_id: rules.room(found, now) for follower_id, found in grants.items()}
    return {
        follower_id: AllowanceOut(left=room.left, free=rules.free(room), closes_at=room.closes_at)
        for follower_id, room in rooms.items()
    }
