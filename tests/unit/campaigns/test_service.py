"""Writing, approving by a second person, scheduling; what begins by itself and what is taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.audience.catalogue import install_fields
from bot.audience.model import Segment
from bot.campaigns import starting
from bot.campaigns.acting import found
from bot.campaigns.chunks import ChunkState, Reason, Recipient
from bot.campaigns.ledger import MassMessage
from bot.campaigns.model import Campaign, CampaignState, MessageClass, Repeats, WaitWhy
from bot.campaigns.queries import acts_of, chunks_of
from bot.campaigns.segments import fingerprint
from bot.campaigns.starting import PLAN_LEASE, Starter
from bot.clock import FixedClock
from bot.db import Database
from bot.errors import CampaignStateConflict, InvalidInput, NotFound, SamePerson, UnfitCampaign
from bot.outbox import OutboxRow
from tests.campaign_worlds import FakeArticle, World, add_followers, wanted
from tests.fake_segments import NOBODY

S = CampaignState


@pytest.fixture
def world(database: Database, clock: FixedClock) -> World:
    return World(database, clock)


def campaign_of(world: World, campaign_id: int) -> Campaign:
    with world.database.reading() as session:
        return found(session, campaign_id, lock=False)


def acts(world: World, campaign_id: int) -> list[tuple[str, str, str | None]]:
    with world.database.reading() as session:
        return [(one.username, one.act, one.reason) for one in acts_of(session, campaign_id)]


def start(world: World) -> int:
    return Starter(world.campaigns).run()


def written(world: World) -> int:
    """A campaign of ann's that waits for the second person."""
    campaign_id = world.campaigns.create(wanted(), "ann")
    world.campaigns.submit(campaign_id, "ann")
    return campaign_id


def test_the_author_cannot_approve_his_own(world: World) -> None:
    campaign_id = written(world)

    with pytest.raises(SamePerson):
        world.approve(campaign_id, "ann")

    assert campaign_of(world, campaign_id).state is S.IN_REVIEW


def test_whoever_changed_it_last_cannot_approve_it_either(world: World) -> None:
    campaign_id = world.campaigns.create(wanted(), "ann")
    world.campaigns.save(campaign_id, wanted(name="改名"), 1, "cem")
    world.campaigns.submit(campaign_id, "ann")

    for one in ("ann", "cem"):
        with pytest.raises(SamePerson):
            world.approve(campaign_id, one)
    world.approve(campaign_id, "ben")


@pytest.mark.parametrize("reviewer", ["ann", "cem"])
def test_the_table_itself_refuses_one_person_in_both_parts(world: World, reviewer: str) -> None:
    campaign_id = world.campaigns.create(wanted(), "ann")
    world.campaigns.save(campaign_id, wanted(name="改名"), 1, "cem")

    with pytest.raises(IntegrityError, match="two_people"), world.database.transaction() as session:
        found(session, campaign_id).reviewer = reviewer


def test_the_table_itself_lets_nothing_run_that_nobody_approved(world: World) -> None:
    campaign_id = world.campaigns.create(wanted(), "ann")

    with pytest.raises(IntegrityError, match="approved_by_somebody"), world.database.transaction() as session:
        found(session, campaign_id).state = S.RUNNING


def test_what_was_approved_is_content_audience_and_schedule(world: World) -> None:
    campaign_id = written(world)
    seen = world.hash_of(campaign_id)
    world.segments.rules[1] = ("另一条规则", world.segments.rules[1][1])
    other_audience = world.hash_of(campaign_id)
    world.articles.versions[1] = FakeArticle(1, "文章1", "另一版")
    other_content = world.hash_of(campaign_id)

    assert len({seen, other_audience, other_content}) == 3
    with pytest.raises(CampaignStateConflict) as caught:
        world.campaigns.approve(campaign_id, "ben", seen)
    assert caught.value.fields == {"state": "changed"}


def test_any_edit_voids_the_approval(world: World) -> None:
    campaign_id = world.scheduled()

    world.campaigns.save(campaign_id, wanted(not_after=wanted().not_after + timedelta(minutes=1)), 1, "ann")

    row = campaign_of(world, campaign_id)
    assert (row.state, row.reviewer, row.approved_hash) == (S.DRAFT, None, None)
    with pytest.raises(CampaignStateConflict):
        world.campaigns.schedule(campaign_id, "ann")


def test_what_is_sent_back_is_marked_and_written_anew(world: World) -> None:
    campaign_id = written(world)

    world.campaigns.send_back(campaign_id, "ben", "缺风险提示", [{"place": "variants.1", "words": "写上年化利率"}])

    row = campaign_of(world, campaign_id)
    assert (row.state, row.reason, row.marks) == (
        S.DRAFT,
        "缺风险提示",
        [{"place": "variants.1", "words": "写上年化利率"}],
    )
    world.campaigns.submit(campaign_id, "ann")
    assert campaign_of(world, campaign_id).marks == []
    assert [act for _, act, _ in acts(world, campaign_id)] == ["created", "submitted", "sent_back", "submitted"]


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"included": ()}, ("included", "nobody", "")),
        ({"included": (99,)}, ("included", "segment_gone", "99")),
        ({"excluded": (98,)}, ("excluded", "segment_gone", "98")),
        ({"variants": ((7, 100),)}, ("variants.1", "article_gone", "")),
        ({"variants": ((1, 40),)}, ("variants", "shares", "")),
        ({"message_class": MessageClass.SERVICE}, ("variants.1", "article_is_marketing", "文章1")),
    ],
)
def test_what_stands_against_submitting_is_named(
    world: World, change: dict[str, object], flaw: tuple[str, str, str]
) -> None:
    campaign_id = world.campaigns.create(wanted(**change), "ann")

    with pytest.raises(UnfitCampaign) as caught:
        world.campaigns.submit(campaign_id, "ann")

    assert [tuple(one.values()) for one in caught.value.fields["flaws"]] == [flaw]


def test_an_article_with_flaws_is_not_submitted(world: World) -> None:
    world.articles.versions[1] = FakeArticle(1, flaws=("缺年化利率",))
    campaign_id = world.campaigns.create(wanted(), "ann")

    with pytest.raises(UnfitCampaign) as caught:
        world.campaigns.submit(campaign_id, "ann")

    assert caught.value.fields["flaws"] == [{"place": "variants.1", "reason": "article_flawed", "words": "缺年化利率"}]


def test_a_time_that_is_over_is_not_submitted(world: World, clock: FixedClock) -> None:
    campaign_id = world.campaigns.create(wanted(), "ann")
    clock.advance(3 * 3600)

    with pytest.raises(UnfitCampaign) as caught:
        world.campaigns.submit(campaign_id, "ann")

    assert caught.value.fields["flaws"][0]["reason"] == "over"


@pytest.mark.parametrize(
    "change", [{"not_after": wanted().not_before}, {"variants": tuple((one, 20) for one in range(5))}]
)
def test_what_no_campaign_can_be_is_refused(world: World, change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        world.campaigns.create(wanted(**change), "ann")


def test_a_draft_may_have_no_article_yet_and_is_not_submitted_so(world: World) -> None:
    campaign_id = world.campaigns.create(wanted(variants=()), "ann")

    with pytest.raises(UnfitCampaign) as caught:
        world.campaigns.submit(campaign_id, "ann")

    assert [(one["place"], one["reason"]) for one in caught.value.fields["flaws"]] == [("variants", "shares")]


def test_a_campaign_that_is_none_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        world.campaigns.submit(7, "ann")


def test_two_writers_do_not_overwrite_each_other(world: World) -> None:
    campaign_id = world.campaigns.create(wanted(), "ann")
    world.campaigns.save(campaign_id, wanted(name="一"), 1, "ann")

    with pytest.raises(CampaignStateConflict):
        world.campaigns.save(campaign_id, wanted(name="二"), 1, "cem")


def test_screens_hear_of_every_change(world: World) -> None:
    campaign_id = world.scheduled()

    with world.database.reading() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.type == "campaign.changed")).all()
    assert [(row.audience, row.payload["campaign_id"], row.payload["state"]) for row in rows] == [
        ("campaigners", campaign_id, state) for state in ("draft", "in_review", "approved", "scheduled")
    ]


# ---- what begins by itself


def test_it_begins_at_its_time_and_not_before(world: World, clock: FixedClock) -> None:
    add_followers(world.database, 5)
    campaign_id = world.scheduled(not_before=clock.now() + timedelta(minutes=10))

    assert start(world) == 0
    clock.advance(600)
    assert start(world) == 1

    row = campaign_of(world, campaign_id)
    assert (row.state, row.month, row.planned_at) == (S.RUNNING, 202611, clock.now())
    assert acts(world, campaign_id)[-1] == ("system", "planned", None)
    assert start(world) == 0


def test_one_that_nobody_is_left_for_ends_at_once(world: World) -> None:
    campaign_id = world.scheduled(included=(NOBODY,))

    start(world)

    assert campaign_of(world, campaign_id).state is S.FINISHED


def test_one_that_comes_too_late_goes_back_to_the_reviewer(world: World, clock: FixedClock) -> None:
    add_followers(world.database, 5)
    campaign_id = world.scheduled()
    clock.advance(2 * 3600 + 1)

    assert start(world) == 0

    row = campaign_of(world, campaign_id)
    assert (row.state, row.reason, row.reviewer) == (S.IN_REVIEW, "late", None)
    assert acts(world, campaign_id)[-1] == ("system", "taken_back", "late")


def test_one_whose_segment_changed_since_it_was_approved_goes_back(world: World) -> None:
    campaign_id = world.scheduled()
    world.segments.rules[1] = ("另一条规则", world.segments.rules[1][1])

    start(world)

    row = campaign_of(world, campaign_id)
    assert (row.state, row.reason) == (S.IN_REVIEW, "changed")


def test_one_whose_article_may_not_be_sent_any_more_goes_back(world: World) -> None:
    campaign_id = world.scheduled()
    world.articles.versions[1] = FakeArticle(1, "文章1", "hash1", flaws=("利率过期",))

    start(world)

    assert campaign_of(world, campaign_id).reason == "unfit"


def test_a_test_whose_audience_has_shrunk_goes_back(world: World, clock: FixedClock) -> None:
    add_followers(world.database, 60)
    campaign_id = world.scheduled(variants=((1, 50), (2, 50)), not_before=clock.now() + timedelta(minutes=1))
    world.policy = replace(world.policy, min_sample=1000)
    clock.advance(61)

    assert start(world) == 0

    row = campaign_of(world, campaign_id)
    assert (row.state, row.reason, row.planned_at) == (S.IN_REVIEW, "sample_too_small", None)
    with world.database.reading() as session:
        assert session.scalars(select(Recipient)).all() == []


def test_a_planning_whose_process_died_is_done_by_another(world: World, clock: FixedClock) -> None:
    add_followers(world.database, 5)
    campaign_id = world.scheduled()
    with world.database.transaction() as session:
        row = found(session, campaign_id)
        row.state, row.lease_until = S.PLANNING, clock.now() + PLAN_LEASE

    assert start(world) == 0
    clock.advance(PLAN_LEASE.total_seconds() + 1)
    assert start(world) == 1

    assert campaign_of(world, campaign_id).state is S.RUNNING


def test_a_holiday_that_was_not_known_when_it_was_written_holds_it(
    world: World, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign_id = world.scheduled()
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(starting, "find_wait", lambda _now, _policy: (tomorrow, WaitWhy.HOLIDAY))

    assert start(world) == 0

    row = campaign_of(world, campaign_id)
    assert (row.state, row.wait_why, row.wait_until) == (S.SCHEDULED, WaitWhy.HOLIDAY, row.ends_at)


def test_a_repeated_campaign_waits_for_the_second_person_each_time(world: World, clock: FixedClock) -> None:
    add_followers(world.database, 5)
    first = world.scheduled(repeats=Repeats.WEEKLY)
    start(world)

    with world.database.reading() as session:
        again = session.scalars(select(Campaign).where(Campaign.run_of == first)).one()
    assert (again.state, again.run_number, again.salt_id) == (S.IN_REVIEW, 2, first)
    assert again.not_before == clock.now() + timedelta(days=7)
    with pytest.raises(SamePerson):
        world.approve(again.id, "ann")
    world.approve(again.id, "ben")
    world.campaigns.schedule(again.id, "ann")
    clock.advance(7 * 24 * 3600)
    assert start(world) == 1
    with world.database.reading() as session:
        assert session.scalars(select(Campaign.run_number).where(Campaign.run_of == first)).all() == [2, 3]


def test_what_was_planned_keeps_its_plan_and_gets_only_a_new_time(world: World, clock: FixedClock) -> None:
    add_followers(world.database, 5)
    campaign_id = world.scheduled()
    start(world)
    with world.database.transaction() as session:
        row = found(session, campaign_id)
        row.state, row.reviewer, row.approved_hash = S.IN_REVIEW, None, None

    with pytest.raises(CampaignStateConflict) as caught:
        world.campaigns.save(campaign_id, wanted(holdout_bp=500), 1, "ann")
    assert caught.value.fields == {"state": "planned"}
    clock.advance(24 * 3600)
    later = wanted(not_before=clock.now(), not_after=clock.now() + timedelta(hours=2))
    world.campaigns.save(campaign_id, later, 1, "ann")
    world.campaigns.submit(campaign_id, "ann")
    world.approve(campaign_id)
    world.campaigns.schedule(campaign_id, "ann")
    assert start(world) == 0

    assert campaign_of(world, campaign_id).state is S.RUNNING
    with world.database.reading() as session:
        assert [one.state for one in chunks_of(session, campaign_id)] == [ChunkState.PLANNED]


def test_in_another_month_its_messages_are_booked_anew(world: World, clock: FixedClock) -> None:
    add_followers(world.database, 5)
    campaign_id = world.scheduled()
    start(world)
    clock.advance(10 * 24 * 3600)  # the fourth of December
    with world.database.transaction() as session:
        row = found(session, campaign_id)
        row.state, row.reviewer, row.approved_hash = S.IN_REVIEW, None, None
        for place in range(1, 5):
            session.add(MassMessage(follower_id=2, month=202612, place=place, campaign_id=99, at=clock.now()))
        session.add(MassMessage(follower_id=3, month=202612, place=1, campaign_id=99, at=clock.now()))
    later = wanted(not_before=clock.now(), not_after=clock.now() + timedelta(hours=2))
    world.campaigns.save(campaign_id, later, 1, "ann")
    world.campaigns.submit(campaign_id, "ann")
    world.approve(campaign_id)
    world.campaigns.schedule(campaign_id, "ann")

    start(world)

    with world.database.reading() as session:
        mine = select(MassMessage.follower_id, MassMessage.month, MassMessage.place)
        rows = session.execute(mine.where(MassMessage.campaign_id == campaign_id).order_by(MassMessage.follower_id))
        assert [tuple(row) for row in rows] == [(1, 202612, 1), (3, 202612, 2), (4, 202612, 1), (5, 202612, 1)]
        reasons = session.execute(select(Recipient.follower_id, Recipient.reason).where(Recipient.reason.is_not(None)))
        assert [tuple(row) for row in reasons] == [(2, Reason.QUOTA)]


def test_a_cancelled_campaign_comes_never_back(world: World) -> None:
    add_followers(world.database, 5)
    campaign_id = world.scheduled()
    start(world)

    world.campaigns.cancel(campaign_id, "ann", "不发了")

    with world.database.reading() as session:
        assert session.scalars(select(MassMessage)).all() == []
    for act in (
        lambda: world.campaigns.resume(campaign_id, "ann"),
        lambda: world.campaigns.submit(campaign_id, "ann"),
        lambda: world.campaigns.cancel(campaign_id, "ann", "再来"),
    ):
        with pytest.raises(CampaignStateConflict):
            act()


def test_out_of_the_calendar_again(world: World) -> None:
    campaign_id = world.scheduled()

    world.campaigns.unschedule(campaign_id, "ann", "改期")

    assert campaign_of(world, campaign_id).state is S.DRAFT
    with pytest.raises(CampaignStateConflict):
        world.campaigns.unschedule(campaign_id, "ann", "再改")


def test_what_was_never_planned_cannot_be_resumed(world: World) -> None:
    campaign_id = world.scheduled()

    with pytest.raises(CampaignStateConflict) as caught:
        world.campaigns.resume(campaign_id, "ann")

    assert caught.value.fields == {"state": "not_planned"}


def test_a_segments_meaning_changes_with_the_segments_it_asks_for(database: Database, clock: FixedClock) -> None:
    install_fields({}, {}, {})
    inner = {"field": "branch", "op": "any_of", "value": ["鼓楼支行"]}
    rules = {1: {"field": "segment", "op": "any_of", "value": [2]}, 2: inner}
    with database.transaction() as session:
        for one, rule in rules.items():
            session.add(
                Segment(
                    id=one,
                    name=f"客群{one}",
                    rule=rule,
                    created_by="ann",
                    created_at=clock.now(),
                    changed_by="ann",
                    changed_at=clock.now(),
                )
            )
    with database.reading() as session:
        name, before = fingerprint(session, 1)
    with database.transaction() as session:
        session.get_one(Segment, 2).rule = {**inner, "value": ["历下支行"]}

    with database.reading() as session:
        assert name == "客群1"
        assert fingerprint(session, 1)[1] != before
        with pytest.raises(NotFound):
            fingerprint(session, 9)
