"""The message window of one conversation, and the calls that can take its place, as the console shows them."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from api.handoff_schemas import WindowOut
from api.window_schemas import CallSlotOut, CallTimesOut
from bot.customers.masking import mask_phone
from bot.customers.model import Follower
from bot.dialogue.ratings import why_not_asked
from bot.handoff.model import Conversation
from bot.knowledge import hours
from bot.rescue import queries
from bot.rescue.calls import CallTimes
from bot.rescue.model import RescueState


def window(session: Session, row: Conversation, now: datetime) -> WindowOut:
    """What a rep must know of it, in a constant number of queries."""
    pending = queries.find_pending(session, row)
    promised = queries.open_promise(session, row.id)
    return WindowOut(
        why=pending.why if pending else None,
        ends_at=pending.ends_at if pending else None,
        is_invited=pending is not None and pending.state is RescueState.INVITED,
        promised_at=promised.due_at if promised else None,
        rating_held=why_not_asked(session, row, now),
    )


def call_times(session: Session, row: Conversation, times: CallTimes, now: datetime) -> CallTimesOut:
    """Half hours a rep can promise, in the words he says on the phone."""
    phone = session.get_one(Follower, row.follower_id).phone
    return CallTimesOut(
        desk_name=times.desk.name,
        phone=mask_phone(phone),
        reason=row.reason or "",
        soonest_at=times.soonest.astimezone(UTC),
        soonest_label=hours.moment_text(times.soonest, now),
        slots=[CallSlotOut(at=slot.astimezone(UTC), label=hours.slot_text(slot, now)) for slot in times.slots],
    )
