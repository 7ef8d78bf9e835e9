"""Chunks to the platform and back: what each answer means, and that nobody gets anything twice."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.account_ports import CallQuota, MassState
from bot.alerts.model import Alert, AlertKind, AlertState
from bot.campaigns import judging
from bot.campaigns.acting import found
from bot.campaigns.chunks import Chunk, ChunkState, Reason, Recipient
from bot.campaigns.deciding import ChunkDecisions
from bot.campaigns.ledger import ContactSlot, MassMessage
from bot.campaigns.model import Campaign, CampaignState, PauseWhy, Route, WaitWhy
from bot.campaigns.outside import OutsideSends
from bot.campaigns.queries import progress
from bot.campaigns.recalling import Recalls
from bot.campaigns.receiving import take_receipt
from bot.campaigns.running import CampaignRunner
from bot.campaigns.warning import Warnings
from bot.clock import FixedClock
from bot.customers.consents import Proof, withdraw
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.errors import BotError, CampaignStateConflict, PlatformMisconfigured, SamePerson, SendRefused, WechatBusy
from tests.campaign_worlds import World, add_followers
from tests.factories import add_waiting
from tests.fakes_account import FakeAccount


@dataclass
class Desk(World):
    """A world in which time passes and the platform answers."""

    def __post_init__(self) -> None:
        self.account = FakeAccount(self.clock)

    @property
    def runner(self) -> CampaignRunner:
        recalls, outside = Recalls(self.database, self.clock), OutsideSends(self.database, self.clock, self.neighbours)
        return CampaignRunner(self.campaigns, self.account.ports, self.ensure_draft, recalls, outside)

    def ensure_draft(self, version_id: int, purpose: str, source_url: str = "", *, scene: str = "") -> str:
        return self.account.add_draft(f"{version_id} {purpose} {scene}")

    def tick(self, seconds: float = 0) -> int:
        """What a worker does once; how many calls it made."""
        assert isinstance(self.clock, FixedClock)
        self.clock.advance(seconds)
        self.runner.start()
        self.runner.settle()
        calls = self.runner.send()
        self.runner.recall()
        return calls

    def receive(self) -> None:
        """All receipts come."""
        for message in self.account.finish_all():
            with self.database.transaction() as session:
                take_receipt(session, message, self.clock.now())

    def campaign(self, campaign_id: int) -> Campaign:
        with self.database.reading() as session:
            return found(session, campaign_id, lock=False)

    def chunks(self, campaign_id: int) -> list[Chunk]:
        with self.database.reading() as session:
            return list(session.scalars(select(Chunk).where(Chunk.campaign_id == campaign_id).order_by(Chunk.number)))

    def states(self, campaign_id: int) -> list[ChunkState]:
        return [one.state for one in self.chunks(campaign_id)]

    def sent_to(self) -> Counter[str]:
        """How often each follower was meant by a job the platform took."""
        return Counter(openid for job in self.account.jobs.values() for openid in job.openids)

    def reasons(self, campaign_id: int) -> Counter[Reason | None]:
        with self.database.reading() as session:
            return Counter(session.scalars(select(Recipient.reason).where(Recipient.campaign_id == campaign_id)))


@pytest.fixture
def desk(database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(judging, "CHUNK_SIZE", 10)
    return Desk(database, clock)


def test_a_campaign_goes_out_once_and_ends_with_its_receipts(desk: Desk) -> None:
    add_followers(desk.database, 25)
    campaign_id = desk.scheduled()

    assert desk.tick() == 3
    assert desk.states(campaign_id) == [ChunkState.ACCEPTED] * 3
    assert desk.campaign(campaign_id).state is CampaignState.RUNNING
    desk.receive()

    assert desk.campaign(campaign_id).state is CampaignState.FINISHED
    assert desk.sent_to() == Counter({f"o{one:07d}": 1 for one in range(1, 26)})
    assert sum(one.sent or 0 for one in desk.chunks(campaign_id)) == 25
    assert desk.tick(3600) == 0


def test_each_chunk_has_a_draft_and_a_client_id_of_its_own(desk: Desk) -> None:
    add_followers(desk.database, 20)
    campaign_id = desk.scheduled()
    desk.tick()

    jobs = list(desk.account.jobs.values())
    assert [job.client_id for job in jobs] == [f"c{campaign_id}v1k1", f"c{campaign_id}v1k2"]
    titles = [job.articles[0].title for job in jobs]
    assert titles == [f"1 c{campaign_id}_v1_1_{number} m{campaign_id}v1" for number in (1, 2)]


@pytest.mark.parametrize("executes", [True, False])
def test_a_call_without_an_answer_is_asked_about_with_the_same_client_id(desk: Desk, executes: bool) -> None:
    add_followers(desk.database, 10)
    desk.account.time_out_next("mass.send_to_list", executes=executes)
    campaign_id = desk.scheduled()

    desk.tick()
    assert desk.states(campaign_id) == [ChunkState.UNKNOWN]
    assert desk.tick(59) == 0
    assert desk.tick(2) == 1

    chunk = desk.chunks(campaign_id)[0]
    assert (chunk.state, chunk.attempt, chunk.calls) == (ChunkState.ACCEPTED, 1, 2)
    assert (chunk.data_id is None) == executes
    assert set(desk.sent_to().values()) == {1}
    desk.receive()
    assert desk.campaign(campaign_id).state is CampaignState.FINISHED


def test_a_receipt_that_comes_before_the_answer_is_kept_for_it(desk: Desk) -> None:
    add_followers(desk.database, 10)
    desk.account.time_out_next("mass.send_to_list")
    campaign_id = desk.scheduled()
    desk.tick()
    desk.receive()
    assert desk.states(campaign_id) == [ChunkState.UNKNOWN]

    desk.tick(61)

    assert desk.states(campaign_id) == [ChunkState.FINISHED]
    assert desk.campaign(campaign_id).state is CampaignState.FINISHED


@pytest.mark.parametrize(
    ("error", "why", "waits"),
    [
        (WechatBusy(reason="45011"), WaitWhy.PLATFORM_BUSY, timedelta(minutes=1)),
        (WechatBusy(reason="-1"), WaitWhy.PLATFORM_BUSY, timedelta(minutes=1)),
        (WechatBusy(reason="45009"), WaitWhy.CALLS_USED_UP, timedelta(hours=14, minutes=1)),
        (PlatformMisconfigured(reason="40001"), WaitWhy.MISCONFIGURED, timedelta(minutes=1)),
    ],
)
def test_what_was_surely_not_executed_waits_and_goes_again(
    desk: Desk, error: BotError, why: WaitWhy, waits: timedelta
) -> None:
    add_followers(desk.database, 10)
    desk.account.fail_next("mass.send_to_list", error)
    now = desk.clock.now()
    campaign_id = desk.scheduled(not_after=now + timedelta(days=2))

    desk.tick()

    campaign = desk.campaign(campaign_id)
    assert (campaign.wait_why, campaign.wait_until) == (why, now + waits)
    assert desk.states(campaign_id) == [ChunkState.PLANNED]
    assert desk.tick(30) == 0
    desk.tick((waits - timedelta(seconds=29)).total_seconds())
    desk.tick(9 * 3600)
    assert desk.states(campaign_id) == [ChunkState.ACCEPTED]
    assert set(desk.sent_to().values()) == {1}


@pytest.mark.parametrize("code", ["45066", "45009", "45011"])
def test_a_repeat_that_was_refused_for_now_stays_unknown(desk: Desk, code: str) -> None:
    add_followers(desk.database, 10)
    desk.account.time_out_next("mass.send_to_list")
    campaign_id = desk.scheduled(not_after=desk.clock.now() + timedelta(days=2))
    desk.tick()
    desk.account.fail_next("mass.send_to_list", WechatBusy(reason=code))

    desk.tick(61)
    assert desk.states(campaign_id) == [ChunkState.UNKNOWN]
    desk.tick(23.5 * 3600)

    assert desk.states(campaign_id) == [ChunkState.ACCEPTED]
    assert set(desk.sent_to().values()) == {1}


def test_a_refused_chunk_holds_the_campaign_until_somebody_decides(desk: Desk) -> None:
    add_followers(desk.database, 20)
    desk.account.fail_next("mass.send_to_list", SendRefused(reason="45028"))
    campaign_id = desk.scheduled()

    desk.tick()

    campaign = desk.campaign(campaign_id)
    assert (campaign.state, campaign.pause_why) == (CampaignState.PAUSED, PauseWhy.REFUSED)
    assert desk.states(campaign_id) == [ChunkState.REJECTED, ChunkState.PLANNED]
    decide = ChunkDecisions(desk.database, desk.clock)
    decide.retry(campaign_id, 1, "ann")
    desk.campaigns.resume(campaign_id, "ann")
    assert desk.tick() == 2
    assert [one.client_id for one in desk.chunks(campaign_id)] == [f"c{campaign_id}v2k1", f"c{campaign_id}v1k2"]
    assert set(desk.sent_to().values()) == {1}


def test_an_abandoned_chunk_gives_back_what_was_booked(desk: Desk) -> None:
    add_followers(desk.database, 20)
    desk.account.fail_next("mass.send_to_list", SendRefused(reason="45028"))
    campaign_id = desk.scheduled()
    desk.tick()
    decide = ChunkDecisions(desk.database, desk.clock)

    decide.abandon(campaign_id, 1, "ann", "稿件问题")

    assert desk.reasons(campaign_id) == {Reason.REFUSED: 10, None: 10}
    with desk.database.reading() as session:
        for table in (MassMessage, ContactSlot):
            assert len(session.scalars(select(table.follower_id)).all()) == 10
    desk.campaigns.resume(campaign_id, "ann")
    desk.tick()
    desk.receive()
    assert desk.campaign(campaign_id).state is CampaignState.FINISHED
    with pytest.raises(CampaignStateConflict):
        decide.retry(campaign_id, 1, "ann")


def test_a_job_the_platform_refused_afterwards_is_a_refused_chunk(desk: Desk) -> None:
    add_followers(desk.database, 10)
    campaign_id = desk.scheduled()
    desk.tick()
    job = next(iter(desk.account.jobs))

    with desk.database.transaction() as session:
        take_receipt(session, desk.account.finish(job, "err(30003)"), desk.clock.now())

    chunk = desk.chunks(campaign_id)[0]
    assert (chunk.state, chunk.errcode) == (ChunkState.REJECTED, "err(30003)")
    assert desk.campaign(campaign_id).state is CampaignState.PAUSED


def test_supervisors_are_told_of_what_waits_for_a_person_until_nothing_does(desk: Desk) -> None:
    add_followers(desk.database, 10)
    campaign_id = desk.scheduled()
    desk.tick()
    warnings = Warnings(desk.database, desk.clock)
    assert warnings.sweep() == 0
    job = next(iter(desk.account.jobs))
    with desk.database.transaction() as session:
        take_receipt(session, desk.account.finish(job, "err(30003)"), desk.clock.now())

    assert (warnings.sweep(), warnings.sweep()) == (1, 0)
    ChunkDecisions(desk.database, desk.clock).abandon(campaign_id, 1, "ann", "内容违规")
    assert (warnings.sweep(), warnings.sweep()) == (1, 0)

    with desk.database.reading() as session:
        (alert,) = session.scalars(select(Alert))
        assert (alert.kind, alert.state) == (AlertKind.PUSH_STUCK, AlertState.CLOSED)
        assert alert.figures == {"campaign_id": campaign_id}


def test_a_call_of_which_nobody_knows_is_told_once_only_people_can_say(desk: Desk) -> None:
    add_followers(desk.database, 10)
    desk.account.time_out_next("mass.send_to_list")
    desk.scheduled()
    desk.tick()
    warnings = Warnings(desk.database, desk.clock)
    assert warnings.sweep() == 0

    desk.tick(24 * 3600)
    desk.tick(1)

    assert warnings.sweep() == 1


def test_after_a_day_only_people_can_say_what_became_of_a_call(desk: Desk) -> None:
    add_followers(desk.database, 10)
    desk.account.time_out_next("mass.send_to_list")
    campaign_id = desk.scheduled()
    desk.tick()
    decide = ChunkDecisions(desk.database, desk.clock)
    with pytest.raises(CampaignStateConflict):
        decide.settle(campaign_id, 1, "ann", "后台看到了", went=True)

    calls = desk.account.count("mass.send_to_list")
    desk.tick(24 * 3600)
    desk.tick(1)
    assert desk.account.count("mass.send_to_list") == calls
    assert desk.chunks(campaign_id)[0].needs_person

    decide.settle(campaign_id, 1, "ann", "后台看到了", went=True)
    assert desk.campaign(campaign_id).state is CampaignState.FINISHED


def test_what_did_not_go_is_sent_anew(desk: Desk) -> None:
    add_followers(desk.database, 10)
    desk.account.time_out_next("mass.send_to_list", executes=False)
    campaign_id = desk.scheduled(not_after=desk.clock.now() + timedelta(days=3))
    desk.tick()
    desk.tick(24 * 3600)

    ChunkDecisions(desk.database, desk.clock).settle(campaign_id, 1, "ann", "后台没有", went=False)
    desk.tick()

    assert desk.chunks(campaign_id)[0].client_id == f"c{campaign_id}v2k1"
    assert desk.states(campaign_id) == [ChunkState.ACCEPTED]
    assert set(desk.sent_to().values()) == {1}


def test_a_lost_receipt_is_made_good_by_asking(desk: Desk) -> None:
    add_followers(desk.database, 20)
    campaign_id = desk.scheduled()
    desk.tick()
    first, second = desk.account.jobs.values()
    first.state = MassState.SUCCESS

    desk.tick(3601)
    assert desk.states(campaign_id) == [ChunkState.FINISHED, ChunkState.ACCEPTED]
    second.state = MassState.FAILED
    desk.tick(60)
    assert desk.states(campaign_id)[1] is ChunkState.ACCEPTED
    desk.tick(3601)
    assert desk.states(campaign_id)[1] is ChunkState.REJECTED


def test_a_job_that_never_ends_does_not_keep_a_campaign_open_for_ever(desk: Desk) -> None:
    add_followers(desk.database, 10)
    campaign_id = desk.scheduled()
    desk.tick()

    for _ in range(4):
        desk.tick(24 * 3600)

    chunk = desk.chunks(campaign_id)[0]
    assert (chunk.state, chunk.errcode) == (ChunkState.FINISHED, "no_receipt")
    assert desk.campaign(campaign_id).state is CampaignState.FINISHED


def leave(desk: Desk, follower_id: int, change: Callable[[Follower], None] | None = None) -> None:
    with desk.database.transaction() as session:
        follower = session.get_one(Follower, follower_id)
        if change is not None:
            change(follower)
        else:
            proof = Proof("chat", "v1", f"no{follower_id}")
            withdraw(session, follower, [Purpose.MARKETING], desk.clock.now(), proof)


def unfollow(follower: Follower) -> None:
    follower.is_following, follower.unfollowed_at = False, follower.last_seen_at


def test_who_says_no_after_planning_is_dropped_before_his_chunk_goes(desk: Desk) -> None:
    add_followers(desk.database, 30)
    desk.account.fail_next("mass.send_to_list", WechatBusy(reason="45011"))
    campaign_id = desk.scheduled()
    desk.tick()
    leave(desk, 1)
    leave(desk, 25, unfollow)

    desk.tick(61)

    assert desk.reasons(campaign_id) == {None: 28, Reason.OPTED_OUT: 1, Reason.NOT_FOLLOWING: 1}
    assert desk.sent_to().keys().isdisjoint({"o0000001", "o0000025"})
    with desk.database.reading() as session:
        shown = progress(session, found(session, campaign_id, lock=False), desk.clock.now())
        assert shown.reasons == [(None, 1, 28), (Reason.NOT_FOLLOWING, 1, 1), (Reason.OPTED_OUT, 1, 1)]
        assert not session.scalars(select(MassMessage).where(MassMessage.follower_id.in_([1, 25]))).all()


def test_a_paused_campaign_drops_who_says_no_within_one_tick(desk: Desk) -> None:
    add_followers(desk.database, 30)
    desk.account.fail_next("mass.send_to_list", WechatBusy(reason="45011"))
    campaign_id = desk.scheduled()
    desk.tick()
    desk.campaigns.pause(campaign_id, "ann", "等一等")
    desk.clock.advance(5)  # type: ignore[attr-defined]
    leave(desk, 7)

    desk.tick(5)

    assert desk.reasons(campaign_id)[Reason.OPTED_OUT] == 1


def test_a_chunk_of_which_nobody_is_left_is_not_sent(desk: Desk) -> None:
    add_followers(desk.database, 4)
    desk.account.fail_next("mass.send_to_list", WechatBusy(reason="45011"))
    campaign_id = desk.scheduled()
    desk.tick()
    for one in (1, 2, 3):
        leave(desk, one)

    desk.tick(61)

    assert desk.states(campaign_id) == [ChunkState.CANCELLED]
    assert desk.reasons(campaign_id) == {Reason.OPTED_OUT: 3, Reason.ALONE: 1}
    assert desk.campaign(campaign_id).state is CampaignState.FINISHED
    assert desk.account.count("mass.send_to_list") == 1


def test_a_repeat_leaves_out_who_said_no_meanwhile_and_says_so_only_if_it_went(desk: Desk) -> None:
    add_followers(desk.database, 10)
    desk.account.time_out_next("mass.send_to_list", executes=False)
    campaign_id = desk.scheduled()
    desk.tick()
    leave(desk, 3)

    desk.tick(61)

    assert "o0000003" not in desk.sent_to()
    assert desk.reasons(campaign_id) == {None: 9, Reason.OPTED_OUT: 1}


def test_who_said_no_after_his_message_had_gone_is_not_said_to_have_been_left_out(desk: Desk) -> None:
    add_followers(desk.database, 10)
    desk.account.time_out_next("mass.send_to_list")
    campaign_id = desk.scheduled()
    desk.tick()
    leave(desk, 3)

    desk.tick(61)

    assert desk.sent_to()["o0000003"] == 1
    assert desk.reasons(campaign_id) == {None: 10}


def test_quiet_hours_hold_what_has_not_left(desk: Desk) -> None:
    add_followers(desk.database, 20)
    desk.account.fail_next("mass.send_to_list", WechatBusy(reason="45011"))
    evening = desk.clock.now() + timedelta(hours=10, minutes=29)  # 20:29
    campaign_id = desk.scheduled(not_before=evening, not_after=evening + timedelta(days=1))
    desk.clock.advance(10 * 3600 + 29 * 60 + 30)  # type: ignore[attr-defined]
    desk.tick()

    assert desk.tick(120) == 0

    campaign = desk.campaign(campaign_id)
    assert campaign.wait_why is WaitWhy.QUIET_HOURS
    assert campaign.wait_until == evening + timedelta(hours=12, minutes=31)
    assert desk.tick(12.6 * 3600) == 2


def test_the_next_chunk_waits_while_too_many_wait_for_a_person(desk: Desk) -> None:
    add_followers(desk.database, 20)
    for number in range(31):
        add_waiting(desk.database, number)
    desk.segments.add(7, "我们的", lambda: Follower.id <= 20)
    campaign_id = desk.scheduled(included=(7,))

    assert desk.tick() == 0

    campaign = desk.campaign(campaign_id)
    assert (campaign.wait_why, campaign.wait_facts) == (WaitWhy.DESK_BUSY, {"waiting": 31, "most": 30})


def test_no_more_calls_a_minute_than_the_policy_allows(desk: Desk) -> None:
    desk.policy = replace(desk.policy, calls_a_minute=2)
    add_followers(desk.database, 50)
    campaign_id = desk.scheduled()

    assert desk.tick() == 2
    campaign = desk.campaign(campaign_id)
    assert campaign.wait_why is WaitWhy.PACE
    assert desk.tick(30) == 0
    assert desk.tick(31) == 2


def test_a_day_without_calls_left_is_not_tried(desk: Desk) -> None:
    add_followers(desk.database, 10)
    desk.account.quotas["/cgi-bin/message/mass/send"] = CallQuota(100, 100, 0, 60)
    campaign_id = desk.scheduled()

    assert desk.tick() == 0

    assert desk.campaign(campaign_id).wait_why is WaitWhy.CALLS_USED_UP
    assert desk.states(campaign_id) == [ChunkState.PLANNED]


def test_pausing_tells_what_left_and_resuming_sends_only_the_rest(desk: Desk) -> None:
    add_followers(desk.database, 30)
    desk.account.time_out_next("mass.send_to_list")
    campaign_id = desk.scheduled()
    desk.tick()
    desk.account.fail_next("mass.send_to_list", WechatBusy(reason="45011"))
    desk.campaigns.pause(campaign_id, "ann", "换图")

    with desk.database.reading() as session:
        left = progress(session, found(session, campaign_id, lock=False), desk.clock.now()).left
    assert (left.gone, left.uncertain, left.still) == (20, 10, 0)
    assert desk.tick(120) == 0
    desk.campaigns.resume(campaign_id, "ann")
    desk.tick()
    desk.tick(61)
    assert set(desk.sent_to().values()) == {1}


def test_the_emergency_stop_holds_what_runs_and_lets_nothing_begin(desk: Desk) -> None:
    add_followers(desk.database, 20)
    desk.account.fail_next("mass.send_to_list", WechatBusy(reason="45011"))
    running, waiting = desk.scheduled(), desk.scheduled(not_before=desk.clock.now() + timedelta(minutes=5))
    desk.tick()

    desk.campaigns.stop_everything("ben", "链接写错了")

    assert desk.campaign(running).pause_why is PauseWhy.STOPPED
    assert desk.tick(600) == 0
    assert desk.campaign(waiting).wait_why is WaitWhy.HALTED
    with pytest.raises(CampaignStateConflict):
        desk.campaigns.resume(running, "ann")
    desk.campaigns.lift_stop("cem")
    desk.campaigns.resume(running, "ann")
    assert desk.tick(61) == 2


def test_a_cancelled_campaign_gives_back_what_did_not_leave_and_asks_about_nothing(desk: Desk) -> None:
    add_followers(desk.database, 20)
    desk.account.time_out_next("mass.send_to_list", executes=False)
    desk.account.fail_next("quotas.of", WechatBusy(reason="-1"))
    campaign_id = desk.scheduled()
    desk.tick()
    desk.tick(61)
    desk.campaigns.cancel(campaign_id, "ann", "不发了")

    calls = desk.account.count("mass.send_to_list")
    desk.tick(120)
    assert desk.account.count("mass.send_to_list") == calls
    stuck = next(one for one in desk.chunks(campaign_id) if one.state is ChunkState.UNKNOWN)
    assert stuck.needs_person
    ChunkDecisions(desk.database, desk.clock).settle(campaign_id, stuck.number, "ann", "后台没有", went=False)
    assert stuck.number in {one.number for one in desk.chunks(campaign_id) if one.state is ChunkState.CANCELLED}
    assert desk.reasons(campaign_id)[Reason.CANCELLED] == 10


def test_a_campaign_whose_time_is_over_goes_back_to_the_reviewer_with_the_rest(desk: Desk) -> None:
    add_followers(desk.database, 20)
    desk.account.fail_next("mass.send_to_list", WechatBusy(reason="45011"))
    campaign_id = desk.scheduled()
    desk.tick()

    desk.tick(3 * 3600)

    campaign = desk.campaign(campaign_id)
    assert (campaign.state, campaign.reason, campaign.reviewer) == (CampaignState.IN_REVIEW, "late", None)
    assert desk.account.jobs == {}


def test_a_tag_is_built_by_fifties_sent_to_once_and_given_back(desk: Desk) -> None:
    add_followers(desk.database, 120)
    campaign_id = desk.scheduled(route=Route.TAG)

    desk.tick()

    assert desk.account.count("tags.add_members") == 3
    assert desk.account.count("mass.send_to_tag") == 1
    assert len(desk.sent_to()) == 120
    assert desk.states(campaign_id) == [ChunkState.ACCEPTED]
    desk.receive()
    assert desk.runner.clear_tags() == 1
    assert [name for name in desk.account.tag_names.values() if name.startswith("c")] == []


def test_who_says_no_after_he_was_tagged_leaves_the_tag_before_it_is_sent_to(desk: Desk) -> None:
    add_followers(desk.database, 120)
    desk.account.fail_next("mass.send_to_tag", WechatBusy(reason="45011"))
    campaign_id = desk.scheduled(route=Route.TAG)
    desk.tick()
    leave(desk, 3)

    desk.tick(61)
    desk.tick(1)

    assert "o0000003" not in desk.sent_to()
    assert desk.reasons(campaign_id) == {None: 119, Reason.OPTED_OUT: 1}


def test_a_recall_needs_another_person_and_takes_down_every_send(desk: Desk) -> None:
    add_followers(desk.database, 20)
    campaign_id = desk.scheduled()
    desk.tick()
    recalls = Recalls(desk.database, desk.clock)
    recalls.ask(campaign_id, "ann", "利率写错了")
    with pytest.raises(SamePerson):
        recalls.confirm(campaign_id, "ann")
    desk.account.fail_next("mass.delete", WechatBusy(reason="-1"))

    recalls.confirm(campaign_id, "ben")
    desk.tick(1)
    desk.tick(1)

    assert {job.state for job in desk.account.jobs.values()} == {MassState.DELETED}
    assert all(one.recalled_at for one in desk.chunks(campaign_id))


def test_a_refused_repeat_does_not_prove_that_the_first_call_had_not_gone(desk: Desk) -> None:
    add_followers(desk.database, 10)
    desk.account.time_out_next("mass.send_to_list")
    campaign_id = desk.scheduled()
    desk.tick()
    desk.account.fail_next("mass.send_to_list", SendRefused(reason="45028"))

    desk.tick(61)

    chunk = desk.chunks(campaign_id)[0]
    assert (chunk.state, chunk.needs_person, chunk.errcode) == (ChunkState.UNKNOWN, True, "45028")
    with pytest.raises(CampaignStateConflict):
        ChunkDecisions(desk.database, desk.clock).retry(campaign_id, 1, "ann")
