"""One receipt delivered by several workers at once is noted once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.clock import FixedClock
from bot.db import Database
from bot.inbox import Inbox, InboxRow
from bot.messages import EventName, InboundMessage, MessageKind

AT_ONCE = 6


@pytest.mark.integration
def test_a_receipt_that_comes_many_times_at_once_is_noted_once(both_databases: Database, clock: FixedClock) -> None:
    receipt = InboundMessage(
        MessageKind.EVENT, "oPlatformHelper0000000000001", "gh_1", clock.now(), "j:7", event=EventName.MASS_DONE
    )
    noted: list[str] = []

    def note(session: Session, told: InboundMessage, _: datetime) -> None:
        noted.append(told.dedupe_key)

    def record(_: int) -> bool:
        return Inbox(both_databases).record(receipt, "safe", clock.now(), note)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        firsts = list(pool.map(record, range(AT_ONCE)))

    assert (sum(firsts), noted) == (1, ["j:7"])
    with both_databases.reading() as session:
        assert session.scalar(select(func.count()).select_from(InboxRow)) == 1
