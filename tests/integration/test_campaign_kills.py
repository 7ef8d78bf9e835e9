"""A worker that is killed at any boundary, before and after every commit and call and in the middle of a call, against a
platform that executes without answering, answers 45065, 45066, 45009, 45011 and 40001, refuses, and loses and doubles
receipts: nobody gets a campaign twice, nobody is lost without a reason, and every campaign ends.
"""

import itertools
import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.account_ports import Account, MassState
from bot.campaigns import judging
from bot.campaigns.acting import found
from bot.campaigns.approving import variants_of
from bot.campaigns.chunks import Chunk, ChunkState, Reason, Recipient
from bot.campaigns.deciding import ChunkDecisions
from bot.campaigns.ledger import ContactSlot, MassMessage
from bot.campaigns.model import Campaign, CampaignState
from bot.campaigns.receiving import take_receipt
from bot.campaigns.rules import CHUNK_SIZE, ENDED
from bot.campaigns.service import Wanted, wanted_of
from bot.clock import FixedClock
from bot.db import Base, Database
from bot.errors import BotError, PlatformMisconfigured, SendRefused, WechatBusy
from tests import campaign_worker
from tests.campaign_worker import A_ROUND, MID, PORTS, Platform, be_quick, runner_over, tick, world_over
from tests.campaign_worlds import add_followers
from tests.factories import MORNING
from tests.fakes_account import FakeAccount

ROUNDS = {"sqlite": 140, "postgresql": 60}
# Where the worker dies, and at which passing of that place at the latest.
POINTS = {"tick": 1, "before_commit": 12, "after_commit": 12, "before_post": 3, MID: 3, "after_post": 3}
BUSY: tuple[tuple[float, BotError], ...] = (
    (0.04, WechatBusy(reason="45066")),
    (0.04, WechatBusy(reason="45011")),
    (0.02, WechatBusy(reason="45009")),
    (0.04, PlatformMisconfigured(reason="40001")),
    (0.04, SendRefused(reason="45028")),
)
MOST_TICKS = 120

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _chunks_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's small chunks are not for the tests that come after these."""
    monkeypatch.setattr(judging, "CHUNK_SIZE", CHUNK_SIZE)


class Drill:
    """Round after round over one database and one platform that both live on."""

    def __init__(self, database: Database, url: str, home: Path, seed: int) -> None:
        self.clock = FixedClock(MORNING)
        self.chance = random.Random(seed)
        self.database, self.url = database, url
        self.account = FakeAccount(self.clock)
        self.address = str(home / "platform.sock")
        self.platform = Platform(self.account, self.address)
        self.platform.trouble = self.trouble
        self.world = world_over(database, self.clock)
        self.runner = runner_over(database, self.clock, _near(self.platform), self.platform.draft)
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["tests.campaign_worker"])
        self.killed = self.lost = self.doubled = self.unanswered = 0
        self.seen: Counter[str] = Counter()

    def round(self, number: int) -> None:
        first = 1 + number * A_ROUND
        add_followers(self.database, A_ROUND, first=first)
        campaign_id = self.begin(first)
        self.kill_one(campaign_id)
        self.finish(campaign_id)
        self.check(campaign_id, first)

    def begin(self, first: int) -> int:
        now = self.clock.now()
        campaign_id = self.world.scheduled(included=(first,), not_before=now, not_after=now + timedelta(hours=6))
        with self.database.reading() as session:
            starts = found(session, campaign_id, lock=False).starts_at
        self.clock.at = max(now, starts)
        return campaign_id

    def kill_one(self, campaign_id: int) -> None:
        """A worker that dies; another one when it came through."""
        for _ in range(5):
            point = self.chance.choice(list(POINTS))
            self.platform.passed.clear()
            self.platform.kill_at = (point, self.chance.randint(1, POINTS[point]))
            process = self.processes.Process(target=campaign_worker.work, args=(self.url, self.address, 2))
            process.start()
            process.join(60)
            assert process.exitcode in (0, -9), process.exitcode
            self.platform.kill_at = None
            if process.exitcode == -9:
                self.killed += 1
                return
            self.clock.advance(61)
            if self.state(campaign_id).state in ENDED:
                return

    def trouble(self, call: str) -> None:
        """What goes wrong with this call."""
        lot = self.chance.random()
        if not call.startswith("mass.send"):
            if lot < 0.03:
                self.account.fail_next(call, WechatBusy(reason="-1"))
            return
        if lot < 0.15:
            self.unanswered += 1
            self.account.time_out_next(call, executes=lot < 0.1)
            return
        for share, error in BUSY:
            lot -= share
            if 0.15 - share < lot < 0.15:
                self.account.fail_next(call, error)
                self.seen[str(error.fields["reason"])] += 1
                return

    def finish(self, campaign_id: int) -> None:
        """Other workers, people and time bring it to its end."""
        for number in range(MOST_TICKS):
            campaign = self.state(campaign_id)
            if campaign.state in ENDED:
                return
            self.decide(campaign)
            tick(self.runner)
            self.receipts()
            waits = self.state(campaign_id).wait_until
            step = timedelta(seconds=61 if number < 30 else 3601)
            self.clock.at = max(self.clock.now() + step, waits or MORNING)
        pytest.fail(f"campaign {campaign_id} never ended: {self.state(campaign_id).state}")

    def decide(self, campaign: Campaign) -> None:
        """What the bank's people do."""
        decisions = ChunkDecisions(self.database, self.clock)
        for chunk in self.chunks(campaign.id):
            if chunk.state is ChunkState.REJECTED:
                if self.chance.random() < 0.8:
                    decisions.retry(campaign.id, chunk.number, "ann")
                else:
                    decisions.abandon(campaign.id, chunk.number, "ann", "不发了")
            elif chunk.state is ChunkState.UNKNOWN and chunk.needs_person:
                went = any(job.client_id == chunk.client_id for job in self.account.jobs.values())
                decisions.settle(campaign.id, chunk.number, "ann", "看了后台", went=went)
        state = self.state(campaign.id).state
        if state is CampaignState.PAUSED:
            self.world.campaigns.resume(campaign.id, "ann")
        if state is CampaignState.IN_REVIEW:
            self.approve_anew(campaign.id)

    def approve_anew(self, campaign_id: int) -> None:
        with self.database.reading() as session:
            campaign = found(session, campaign_id, lock=False)
            variants = [(one.article_version_id, one.share) for one in variants_of(session, campaign_id)]
        now = self.clock.now()
        later = Wanted(
            **{**vars(wanted_of(campaign, variants)), "not_before": now, "not_after": now + timedelta(hours=6)}
        )
        self.world.campaigns.save(campaign_id, later, campaign.revision, "ann")
        self.world.campaigns.submit(campaign_id, "ann")
        self.world.approve(campaign_id)
        self.world.campaigns.schedule(campaign_id, "ann")

    def receipts(self) -> None:
        """Jobs end; of twenty receipts one is lost and one comes twice."""
        for job in list(self.account.jobs.values()):
            if job.state is not MassState.SENDING:
                continue
            message = self.account.finish(job.job_id, "err(30001)" if self.chance.random() < 0.02 else "send success")
            lot = self.chance.random()
            if lot < 0.05:
                self.lost += 1
                continue
            for _ in range(2 if lot < 0.1 else 1):
                with self.database.transaction() as session:
                    take_receipt(session, message, self.clock.now())
            self.doubled += lot < 0.1

    def check(self, campaign_id: int, first: int) -> None:
        jobs = [job for job in self.account.jobs.values() if job.client_id.startswith(f"c{campaign_id}v")]
        got = Counter(openid for job in jobs if job.status == "send success" for openid in job.openids)
        assert max(got.values(), default=0) <= 1, (campaign_id, got)
        with self.database.reading() as session:
            rows = session.scalars(select(Recipient).where(Recipient.campaign_id == campaign_id)).all()
            booked = set(session.scalars(select(MassMessage.follower_id).where(MassMessage.campaign_id == campaign_id)))
            touched = set(
                session.scalars(select(ContactSlot.follower_id).where(ContactSlot.campaign_id == campaign_id))
            )
        assert sorted(row.follower_id for row in rows) == list(range(first, first + A_ROUND))
        sent = {row.follower_id for row in rows if row.reason is None}
        assert {f"o{one:07d}" for one in sent} == set(got), campaign_id
        assert booked == touched == sent, campaign_id
        assert {row.reason for row in rows} <= {None, Reason.REFUSED}
        assert self.state(campaign_id).state is CampaignState.FINISHED

    def state(self, campaign_id: int) -> Campaign:
        with self.database.reading() as session:
            return found(session, campaign_id, lock=False)

    def chunks(self, campaign_id: int) -> list[Chunk]:
        with self.database.reading() as session:
            return list(session.scalars(select(Chunk).where(Chunk.campaign_id == campaign_id).order_by(Chunk.number)))


def _near(platform: Platform) -> Account:
    """The same platform, asked by the test's own process."""

    class Port:
        def __init__(self, name: str) -> None:
            self.name = name

        def __getattr__(self, method: str) -> Any:
            return lambda *args: platform.call(f"{self.name}.{method}", *args)

    unused: Any = None
    ports: dict[str, Any] = {name: Port(name) for name in PORTS}
    return Account(
        drafts=unused, material=unused, publishing=unused, followers=unused, notices=unused, figures=unused, **ports
    )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def drill(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Drill]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'kills.db'}"
    else:
        server: str = request.getfixturevalue("postgres_url")
        name = f"kills_{next(_numbers)}"
        admin = Database(server)
        with admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.close()
        url = server.replace("/postgres?", f"/{name}?")
    database = Database(url)
    be_quick(database)
    Base.metadata.create_all(database.engine)
    drill = Drill(database, url, tmp_path, seed=20261128)
    yield drill
    drill.platform.close()
    database.close()


@pytest.mark.integration
def test_a_worker_killed_anywhere_sends_nothing_twice_and_loses_nobody(
    drill: Drill, request: pytest.FixtureRequest
) -> None:
    rounds = ROUNDS[request.node.callspec.params["drill"]]
    for number in range(rounds):
        drill.round(number)

    assert drill.killed >= rounds * 0.95
    assert set(drill.platform.deaths) == set(POINTS)
    assert drill.lost and drill.doubled and drill.unanswered  # noqa: PT018 -- each happened
    assert {"45066", "45009", "45011", "40001", "45028"} <= set(drill.seen)
