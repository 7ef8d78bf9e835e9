"""What segments may ask of sends and of what came of them; `PAST` is all of it.

Here: whom a campaign led back, by the code in its article or by its link. Who only read it is not known: the platform
tells how many read an article, never who.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.audience.fields import PUSH_RECORDS, Field, FieldKind
from bot.audience.past import History, Past
from bot.audience.rules import Condition
from bot.campaigns.history import LAST_SENT, SENT, names_of
from bot.campaigns.model import Campaign
from bot.customers.model import Follower
from bot.results.model import Touch


def _came(asked: Condition, _now: datetime) -> ColumnElement[bool]:
    return Follower.id.in_(select(Touch.follower_id).where(Touch.campaign_id.in_(asked.value)))


def _found(session: Session, follower_id: int, asked: Condition, _now: datetime) -> tuple[str | None, datetime | None]:
    his = select(Campaign.name, Touch.last_at).join(Touch, Touch.campaign_id == Campaign.id)
    his = his.where(Touch.follower_id == follower_id, Touch.campaign_id.in_(asked.value)).order_by(Touch.last_at)
    found = session.execute(his).all()
    return "、".join(dict.fromkeys(name for name, _ in found)) or None, found[-1][1] if found else None


CAME_BY = History(Field("came_by", "点击或扫码过推送", PUSH_RECORDS, FieldKind.PUSHES), _came, _found)
PAST = Past((SENT, LAST_SENT, CAME_BY), names_of)
