"""What submitting a campaign of 110,000 followers costs ourselves: claims, rechecks, reading openids, writing down what
came of each call. The platform answers at once and its own time is taken out.
"""

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bench.campaign_seed import add_campaign, fill
from bench.own_servers import own_postgres
from bot import logs
from bot.account_ports import Account, CallQuota, MassJob
from bot.campaigns.acting import found
from bot.campaigns.approving import variants_of
from bot.campaigns.judging import terms_of
from bot.campaigns.model import Campaign, CampaignState
from bot.campaigns.planning import write_plan
from bot.campaigns.sending import Sender
from bot.clock import Clock, FixedClock, SystemClock
from bot.customers.model import Follower
from bot.db import Database
from bot.fields import install_keys
from config.contact_policy import load_contact_policy
from config.settings import Settings

# Of whom sixty of a hundred are sent it: eleven chunks.
FOLLOWERS = 183_600
SENT = 109_900
BOUND = "< 3"


class _Mass:
    """Takes every list, and keeps the time it took the caller to hand it over."""

    def __init__(self) -> None:
        self.calls = self.followers = 0
        self.spent_s = 0.0

    def send_to_list(self, openids: Sequence[str], _media_id: str, _client_id: str) -> MassJob:
        """Accept."""
        began = time.perf_counter()
        self.calls += 1
        self.followers += len(openids)
        time.sleep(0.02)
        self.spent_s += time.perf_counter() - began
        return MassJob(str(self.calls), str(self.calls))

    def set_speed(self, _level: int) -> None:
        """Accept."""


class _Quotas:
    def of(self, _path: str) -> CallQuota:
        """Enough."""
        return CallQuota(100, 0, 100, 60)


def run() -> list[tuple[str, float, str, str]]:
    """Seconds of our own for all chunks, and how many there were."""
    logs.set_up("bench", io.StringIO(), is_final=False)
    install_keys(Settings.from_env({"APP_ENV": "test"}).field_keys)
    with own_postgres("send") as url:
        database = Database(url)
        clock = FixedClock(SystemClock().now().replace(hour=4))  # noon at the bank
        fill(database, FOLLOWERS, clock.now())
        campaign_id = add_campaign(database, clock.now(), holdout_bp=0)
        _plan(database, campaign_id, clock)
        mass = _Mass()
        sender = Sender(database, clock, load_contact_policy(), _account(mass), _draft())
        began = time.perf_counter()
        calls = sender.run()
        took = time.perf_counter() - began - mass.spent_s
        database.close()
    assert calls == mass.calls
    return [
        ("campaign send: our own cost", took, "s", BOUND),
        ("campaign send: calls", calls, "", ">= 11"),
        ("campaign send: followers", mass.followers, "", f">= {SENT}"),
    ]


def _plan(database: Database, campaign_id: int, clock: Clock) -> None:
    """Without the share that is never sent marketing, so that the number is known."""
    policy = replace(load_contact_policy(), global_holdout_bp=0)
    with database.transaction() as session:
        campaign = found(session, campaign_id)
        terms = terms_of(campaign, variants_of(session, campaign_id))
        write_plan(session, terms, clock.now(), policy, lambda *_: Follower.id > 0)
        _let_run(campaign, clock)


def _let_run(campaign: Campaign, clock: Clock) -> None:
    campaign.state = CampaignState.RUNNING
    campaign.planned_at = campaign.started_at = clock.now()


def _account(mass: _Mass) -> Account:
    given: dict[str, Any] = dict.fromkeys(Account.__dataclass_fields__)
    return Account(**{**given, "mass": mass, "quotas": _Quotas()})


def _draft() -> Callable[..., str]:
    return lambda _version_id, purpose, _source_url="", **_: purpose
