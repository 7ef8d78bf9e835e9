"""A receipt is noted once: however many workers get it at once, on both databases; and as the simulator sends it."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.account_ports import DraftArticle
from bot.adapters.wechat_account import account_over
from bot.adapters.wechat_calls import PlatformCalls
from bot.clock import FixedClock
from bot.customers.model import Follower
from bot.db import Database
from bot.inbox import Inbox, InboxRow
from bot.messages import EventName, InboundMessage, MessageKind
from bot.receipts import MassReceipt, mass_receipt
from config.settings import Settings
from simulator.app import create_app as simulator_app
from simulator.faults import parse_faults
from simulator.settings import SimSettings
from simulator.world import World
from tests.on_a_port import on_a_port
from tests.product import eventually, make
from webhooks.app import create_app as web_app

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


@pytest.mark.integration
@pytest.mark.parametrize("receipts", [{"twice": 1.0, "delay_s": 0.0}, {"before_answer": 1.0}], ids=["twice", "early"])
def test_the_platforms_own_receipt_of_a_send_is_kept_once(
    settings: Settings, database: Database, clock: FixedClock, receipts: dict[str, float]
) -> None:
    clock.at = datetime.now(UTC)
    product = make(settings, database, clock)
    with on_a_port(web_app(product.bot)) as web:
        simulator = simulator_app(SimSettings(callback_url=f"{web}/wechat"))
        world: World = simulator.extensions["world"]
        world.faults = parse_faults({"receipts": receipts})
        with on_a_port(simulator) as url:
            account = account_over(PlatformCalls(replace(settings, wechat_api_base=url), database, clock))
            thumb = account.material.add_image("cover.png", b"\x89PNG\r\n\x1a\n-a-picture")
            draft = account.drafts.add([DraftArticle("小微贷款怎么选", "", "三分钟看懂", "<p>正文</p>", "", thumb)])
            job = account.mass.send_to_list(world.add_many("receipt", 3), draft, "c1_v1_1")
            early = _receipts(database)
            world.clock.advance(5)
            world.later.run_due()
            eventually(lambda: _receipts(database))
            time.sleep(0.3)

    (found,) = _receipts(database)
    assert (found.job_id, found.is_success, found.total, found.sent) == (job.job_id, True, 3, 3)
    assert len(found.urls) == 1
    assert len(early) == ("before_answer" in receipts)
    with database.reading() as session:
        assert session.scalars(select(Follower)).all() == []


def _receipts(database: Database) -> list[MassReceipt]:
    with database.reading() as session:
        return [mass_receipt(InboundMessage.from_json(row.message)) for row in session.scalars(select(InboxRow))]
