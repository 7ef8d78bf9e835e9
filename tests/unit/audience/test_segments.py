"""Keeping segments: what is refused, the release's own, counting, and the bank's facts as traits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.account_ports import FollowerList
from bot.audience.following import Following
from bot.audience.model import FollowerSync, Segment, Trait
from bot.audience.recording import note_fact
from bot.audience.segments import SegmentDraft, Segments
from bot.audit.model import AuditAct
from bot.audit.service import Doer
from bot.clock import FixedClock, local_day
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import NotAllowed, NotFound, SegmentConflict, UnfitRule, WechatBusy
from config.files import read_files
from tests.factories import MORNING
from tests.unit.audience.conftest import asks

BY = Doer("marketer", "r-1")
CATERING = asks("industry", "any_of", ["餐饮"])


@pytest.fixture
def segments(database: Database, clock: FixedClock) -> Segments:
    return Segments(database, clock, read_files().segments)


def test_the_release_brings_its_segments_once_and_its_changes(segments: Segments, database: Database) -> None:
    assert segments.ship() == 5
    assert segments.ship() == 0
    newer = replace(segments, shipped=[replace(segments.shipped[0], name="新开户（30天）"), *segments.shipped[1:]])
    assert newer.ship() == 1

    with database.reading() as session:
        names = {row.name: row.version for row in session.scalars(select(Segment))}
    assert names == {"新开户（30天）": 2, "临界提级": 1, "重点提质": 1, "不动户": 1, "积分到期": 1}
    with pytest.raises(NotAllowed):
        segments.change(1, 2, SegmentDraft("我的", CATERING, None), BY)
    with pytest.raises(NotAllowed):
        segments.retire(1, BY)


def test_shipped_segments_hold_whom_they_are_named_for(
    segments: Segments, add: Callable[..., int], database: Database
) -> None:
    today = local_day(MORNING)
    for name, traits in {
        "新开户": {"account_opened_on": today - timedelta(days=3)},
        "临界提级": {"upgrade_gap_pct": 10},
        "重点提质": {"branch_priority": True},
        "不动户": {"last_used_on": today - timedelta(days=400)},
        "积分到期": {"points_expiring_on": today + timedelta(days=20), "points_expiring": 300},
    }.items():
        add(name, traits=traits)
    segments.ship()

    with database.reading() as session:
        named = {row.id: row.name for row in session.scalars(select(Segment))}
    assert {named[one]: segments.count(one).size for one in named} == dict.fromkeys(named.values(), 1)


def test_a_segment_is_kept_changed_and_retired_by_who_looked_at_it(segments: Segments, database: Database) -> None:
    row = segments.create(SegmentDraft("餐饮", CATERING, None), BY)
    changed = segments.change(row.id, 1, SegmentDraft("餐饮业", CATERING, local_day(MORNING)), BY)

    assert (changed.name, changed.version, changed.changed_by) == ("餐饮业", 2, "marketer")
    with pytest.raises(SegmentConflict) as caught:
        segments.change(row.id, 1, SegmentDraft("餐饮", CATERING, None), BY)
    assert caught.value.fields == {"state": "changed"}
    segments.retire(row.id, BY)
    segments.retire(row.id, BY)
    with pytest.raises(SegmentConflict):
        segments.change(row.id, 2, SegmentDraft("餐饮", CATERING, None), BY)
    for act in (lambda: segments.retire(999, BY), lambda: segments.count(999)):
        with pytest.raises(NotFound):
            act()
    with database.reading() as session:
        acts = [one.act.value for one in session.scalars(select(AuditAct).order_by(AuditAct.id))]
    assert acts == ["segment.created", "segment.changed", "segment.retired"]


def test_rules_with_flaws_unknown_parts_or_a_way_back_are_not_kept(segments: Segments) -> None:
    one = segments.create(SegmentDraft("一", CATERING, None), BY)
    two = segments.create(SegmentDraft("二", asks("segment", "any_of", [one.id]), None), BY)

    for rule, text in (
        ({"op": "all", "of": []}, "条件组里还没有条件"),
        (asks("list", "any_of", [77]), "规则里有已不存在的名单"),
        (asks("segment", "any_of", [77]), "规则里有已不存在的客群"),
        (asks("segment", "any_of", [two.id]), "客群不能绕回来引用自己"),
        (asks("segment", "none_of", [one.id]), "客群不能绕回来引用自己"),
    ):
        with pytest.raises(UnfitRule) as caught:
            segments.change(one.id, 1, SegmentDraft("一", rule, None), BY)
        assert [flaw["text"] for flaw in caught.value.fields["flaws"]] == [text]


def test_figures_are_kept_with_their_hour_and_counted_again_when_they_are_old(
    segments: Segments, add: Callable[..., int], clock: FixedClock
) -> None:
    add("甲", industry="餐饮")
    add("乙", industry="餐饮", opted_out_at=MORNING)
    row = segments.create(SegmentDraft("餐饮", CATERING, None), BY)

    assert segments.count_due(MORNING - timedelta(hours=1)) == 1
    assert segments.count_due(MORNING - timedelta(hours=1)) == 0
    clock.advance(7200)
    assert segments.count_due(clock.now() - timedelta(hours=1)) == 1
    counted = segments.count(row.id)
    assert (counted.size, counted.reachable, counted.counted_at) == (2, 1, clock.now())
    assert segments.change(row.id, 1, SegmentDraft("餐饮", CATERING, None), BY).counted_at is None


def test_the_banks_facts_are_traits_and_older_facts_change_nothing(add: Callable[..., int], database: Database) -> None:
    follower = add("甲")
    with database.transaction() as session:
        for days, fact in ((9, "drawdown_paid"), (2, "drawdown_paid"), (5, "drawdown_paid"), (1, "balance_seen")):
            note_fact(session, follower, fact, MORNING - timedelta(days=days))

    with database.reading() as session:
        (row,) = session.scalars(select(Trait))
    newest = MORNING - timedelta(days=2)
    assert (row.key, row.day, row.as_of, row.source) == ("last_drawdown_on", local_day(newest), newest, "核心系统")


class Listed(FollowerList):
    """The platform's list in pages of two; `breaks` is how often it is busy."""

    def __init__(self, *openids: str, breaks: int = 0) -> None:
        self.openids, self.breaks, self.asked = openids, breaks, 0

    def page(self, after: str = "") -> tuple[tuple[str, ...], str]:
        self.asked += 1
        if after and self.breaks:
            self.breaks -= 1
            raise WechatBusy(reason="45009")
        start = self.openids.index(after) + 1 if after else 0
        found = self.openids[start : start + 2]
        return found, found[-1] if start + 2 < len(self.openids) else ""


def test_followers_only_the_platform_knows_are_written_down_and_a_broken_walk_goes_on(
    add: Callable[..., int], database: Database, clock: FixedClock
) -> None:
    add("known", is_following=False, unfollowed_at=MORNING)
    listed = Listed("o-1", "o-known", "o-2", "o-3", "o-4", breaks=1)
    following = Following(database, listed, clock)

    with pytest.raises(WechatBusy):
        following.sync()
    assert following.sync() == 3
    assert following.sync() == 0

    with database.reading() as session:
        rows = {row.openid: row.is_following for row in session.scalars(select(Follower))}
        (walk,) = session.scalars(select(FollowerSync))
    assert rows == dict.fromkeys(("o-1", "o-known", "o-2", "o-3", "o-4"), True)
    assert (walk.pages, walk.seen, walk.added, walk.finished_at) == (3, 5, 4, MORNING)
    clock.advance(90_000)
    assert following.sync() == 0
    assert listed.asked == 7
