"""What segments may ask of sends: which campaigns a follower was sent, and how long ago the last one was.

Sent is what left, and what may have: whoever asks for those who did not get something must not reach one who did.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import Session

from bot.audience.fields import PUSH_RECORDS, Field, FieldKind, Op
from bot.audience.past import History
from bot.audience.queries import MAX_CHOICES
from bot.audience.rules import Condition
from bot.campaigns.chunks import LEFT, UNCERTAIN, Chunk, Recipient
from bot.campaigns.ledger import MassMessage, OutsideSend
from bot.campaigns.model import Campaign
from bot.clock import day_text, local_day
from bot.customers.model import Follower


def names_of(session: Session, ids: Collection[int] | None) -> Mapping[int, str]:
    """Campaigns by id; with None the newest that began to be sent."""
    chosen = select(Campaign.id, Campaign.name)
    if ids is None:
        chosen = chosen.where(Campaign.started_at.is_not(None)).order_by(Campaign.id.desc()).limit(MAX_CHOICES)
    else:
        chosen = chosen.where(Campaign.id.in_(ids))
    return {one.id: one.name for one in session.execute(chosen)}


def _recipients() -> Select[int]:
    of_chunk = (Chunk.campaign_id == Recipient.campaign_id) & (Chunk.number == Recipient.chunk)
    sent = Recipient.reason.is_(None), Chunk.state.in_((*LEFT, *UNCERTAIN))
    return select(Recipient.follower_id).join(Chunk, of_chunk).where(*sent)


def _was_sent(asked: Condition, _now: datetime) -> ColumnElement[bool]:
    return Follower.id.in_(_recipients().where(Recipient.campaign_id.in_(asked.value)))


def _found_sent(
    session: Session, follower_id: int, asked: Condition, _now: datetime
) -> tuple[str | None, datetime | None]:
    his = _recipients().where(Recipient.follower_id == follower_id, Recipient.campaign_id.in_(asked.value))
    his = his.join(Campaign, Campaign.id == Recipient.campaign_id)
    found = session.execute(his.with_only_columns(Campaign.name, Chunk.called_at).order_by(Chunk.called_at)).all()
    return "、".join(name for name, _ in found) or None, found[-1][1] if found else None


def _last_was(asked: Condition, now: datetime) -> ColumnElement[bool]:
    since = now - timedelta(days=asked.value)
    ours = _recipients().where(Chunk.called_at >= since)
    # The bank's people send from the platform's console, too; of those the day is known.
    theirs = select(MassMessage.follower_id).join(OutsideSend, OutsideSend.id == MassMessage.outside_id)
    lately = Follower.id.in_(union(ours, theirs.where(OutsideSend.sent_on >= local_day(since))))
    return lately if asked.op is Op.WITHIN_DAYS else ~lately


def _found_last(
    session: Session, follower_id: int, _asked: Condition, _now: datetime
) -> tuple[str | None, datetime | None]:
    called = func.max(Chunk.called_at)
    ours = session.scalar(_recipients().with_only_columns(called).where(Recipient.follower_id == follower_id))
    theirs = select(func.max(OutsideSend.sent_on)).join(MassMessage, OutsideSend.id == MassMessage.outside_id)
    sent_on = session.scalar(theirs.where(MassMessage.follower_id == follower_id))
    if ours is not None and (sent_on is None or local_day(ours) >= sent_on):
        return day_text(local_day(ours)), ours
    # Of a send made outside only the day is known.
    return day_text(sent_on) if sent_on is not None else None, None


SENT = History(Field("pushed", "收到过推送", PUSH_RECORDS, FieldKind.PUSHES), _was_sent, _found_sent)
LAST_SENT = History(
    Field("last_pushed", "最近收到推送", PUSH_RECORDS, FieldKind.SINCE, never="（含从没收到过的）"),
    _last_was,
    _found_last,
)
