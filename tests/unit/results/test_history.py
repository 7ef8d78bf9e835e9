"""Segments that ask what followers were sent and whom it led back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.audience.catalogue import get_fields, install_fields
from bot.audience.finding import find_value
from bot.audience.model import Segment
from bot.audience.rules import Condition, in_words, read_rule
from bot.audience.segments import find_unknown
from bot.audience.selecting import because, matching, names_in
from bot.campaigns.chunks import Chunk, ChunkState, Reason
from bot.campaigns.ledger import MassMessage, OutsideSend, OutsideState
from bot.clock import local_day
from bot.customers.model import Follower
from bot.db import Database
from bot.results.history import PAST
from bot.results.model import TouchKind
from bot.results.rules import Scene
from bot.results.touches import note
from config.files import read_files
from tests.factories import MORNING
from tests.unit.results.rows import DAY, HOUR, add_campaign, add_people


@pytest.fixture(autouse=True)
def _fields() -> None:
    files = read_files()
    install_fields(files.traits, files.tags, files.content.intent_labels, PAST)


def asks(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def held(database: Database, rule: dict[str, Any]) -> list[int]:
    node, flaws = read_rule(rule, get_fields())
    assert node is not None, flaws
    with database.reading() as session:
        return list(session.scalars(select(Follower.id).where(matching(session, node, MORNING)).order_by(Follower.id)))


def send_outside(database: Database, follower_id: int, *, place: int) -> None:
    """A send from the platform's own console, two days ago."""
    day = local_day(MORNING - 2 * DAY)
    with database.transaction() as session:
        outside = OutsideSend(
            article="a", title="别处发的", url="u", sent_on=day, found_at=MORNING, state=OutsideState.BOOKED, booked=1
        )
        session.add(outside)
        session.flush()
        session.add(MassMessage(follower_id=follower_id, month=202611, place=place, outside_id=outside.id, at=MORNING))


def come(database: Database, follower_id: int, campaign_id: int) -> None:
    with database.transaction() as session:
        row = session.get_one(Follower, follower_id)
        assert note(session, row, Scene(campaign_id, 1), TouchKind.CLICK, MORNING - HOUR)


def test_who_was_sent_a_campaign_is_who_it_left_for(database: Database) -> None:
    add_people(database, 1, 2, 3, 4, 5, 6)
    first = add_campaign(database, {1: [1], 2: [2]}, held=[3], left_out={Reason.QUOTA: [4]}, at=MORNING - DAY)
    second = add_campaign(database, {1: [5]}, at=MORNING - DAY)

    assert held(database, asks("pushed", "any_of", [first])) == [1, 2]
    assert held(database, asks("pushed", "any_of", [first, second])) == [1, 2, 5]
    assert held(database, asks("pushed", "none_of", [first])) == [3, 4, 5, 6]
    assert held(database, {"op": "not", "of": [asks("pushed", "none_of", [first])]}) == [1, 2]


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (ChunkState.PLANNED, False),
        (ChunkState.SENDING, True),
        (ChunkState.UNKNOWN, True),
        (ChunkState.ACCEPTED, True),
        (ChunkState.REJECTED, False),
        (ChunkState.FINISHED, True),
        (ChunkState.ABANDONED, False),
        (ChunkState.CANCELLED, False),
    ],
)
def test_what_may_have_left_counts_as_sent(database: Database, state: ChunkState, counts: bool) -> None:
    add_people(database, 1)
    campaign = add_campaign(database, {1: [1]}, at=MORNING - DAY)
    with database.transaction() as session:
        session.execute(update(Chunk).values(state=state))

    assert held(database, asks("pushed", "any_of", [campaign])) == [1] * counts
    assert held(database, asks("last_pushed", "within_days", 3)) == [1] * counts


def test_the_last_send_counts_by_its_day_and_who_never_had_one_is_over_any(database: Database) -> None:
    add_people(database, 1, 2, 3)
    add_campaign(database, {1: [1, 2]}, at=MORNING - 40 * DAY)
    add_campaign(database, {1: [1]}, at=MORNING - 10 * DAY)

    assert held(database, asks("last_pushed", "within_days", 30)) == [1]
    assert held(database, asks("last_pushed", "within_days", 41)) == [1, 2]
    assert held(database, asks("last_pushed", "over_days", 30)) == [2, 3]
    assert held(database, {"op": "not", "of": [asks("last_pushed", "over_days", 30)]}) == [1]


def test_a_send_from_the_platforms_own_console_is_a_send(database: Database) -> None:
    add_people(database, 1, 2)
    send_outside(database, 1, place=1)

    assert held(database, asks("last_pushed", "within_days", 2)) == [1]
    assert held(database, asks("last_pushed", "within_days", 1)) == []
    assert held(database, asks("last_pushed", "over_days", 1)) == [1, 2]


def test_who_came_by_a_campaign_scanned_its_code_or_opened_its_link(database: Database) -> None:
    add_people(database, 1, 2, 3)
    campaign = add_campaign(database, {1: [1, 2]}, at=MORNING - DAY)
    come(database, 1, campaign)
    come(database, 3, campaign)

    assert held(database, asks("came_by", "any_of", [campaign])) == [1, 3]
    asked = [asks("pushed", "any_of", [campaign]), asks("came_by", "none_of", [campaign])]
    assert held(database, {"op": "all", "of": asked}) == [2]


WORDS = [
    ("pushed", "any_of", "收到过推送“惠企贴息”"),
    ("pushed", "none_of", "没收到过推送“惠企贴息”"),
    ("came_by", "any_of", "点击或扫码过推送“惠企贴息”"),
    ("came_by", "none_of", "没点击或扫码过推送“惠企贴息”"),
]


@pytest.mark.parametrize(("field", "op", "words"), WORDS)
def test_such_rules_are_told_in_words(database: Database, field: str, op: str, words: str) -> None:
    add_people(database, 1)
    node, _ = read_rule(asks(field, op, [add_campaign(database, {1: [1]})]), get_fields())

    assert node is not None
    with database.reading() as session:
        assert in_words(node, names_in(session, node)) == words


def test_longer_ago_than_says_that_never_counts_too(database: Database) -> None:
    told = []
    for op in ("within_days", "over_days"):
        node, _ = read_rule(asks("last_pushed", op, 30), get_fields())
        assert node is not None
        with database.reading() as session:
            told.append(in_words(node, names_in(session, node)))

    assert told == ["最近收到推送在近30天内", "最近收到推送已超过30天（含从没收到过的）"]


def test_a_campaign_that_is_not_there_is_a_flaw(database: Database) -> None:
    node, _ = read_rule(asks("came_by", "any_of", [9]), get_fields())

    with database.reading() as session:
        assert [flaw.text for flaw in find_unknown(session, node, None)] == ["规则里有已不存在的推送"]


def test_why_tells_what_was_sent_when(database: Database) -> None:
    add_people(database, 1, 2)
    campaign = add_campaign(database, {1: [1]}, at=MORNING - DAY)
    come(database, 1, campaign)
    rule = {
        "op": "all",
        "of": [
            asks("pushed", "any_of", [campaign]),
            asks("last_pushed", "within_days", 7),
            asks("came_by", "any_of", [campaign]),
        ],
    }
    with database.transaction() as session:
        made = {"created_by": "m", "created_at": MORNING, "changed_by": "m", "changed_at": MORNING}
        row = Segment(name="跟进", rule=rule, **made)
        session.add(row)
        session.flush()
        segment_id = row.id

    with database.reading() as session:
        his, other = (because(session, segment_id, one, MORNING) for one in (1, 2))

    assert [(one.holds, one.value, one.source, one.as_of) for one in his] == [
        (True, "惠企贴息", "推送记录", MORNING - DAY),
        (True, "2026年11月23日", "推送记录", MORNING - DAY),
        (True, "惠企贴息", "推送记录", MORNING - HOUR),
    ]
    assert [(one.holds, one.value) for one in other] == [(False, None)] * 3


def test_a_later_send_from_outside_is_the_last_one_and_has_no_hour(database: Database) -> None:
    add_people(database, 1)
    add_campaign(database, {1: [1]}, at=MORNING - 5 * DAY)
    send_outside(database, 1, place=2)
    node, _ = read_rule(asks("last_pushed", "within_days", 7), get_fields())
    assert isinstance(node, Condition)

    with database.reading() as session:
        found = find_value(session, session.get_one(Follower, 1), node, MORNING)

    assert (found.text, found.as_of) == ("2026年11月22日", None)


def test_only_what_began_to_be_sent_can_be_chosen(database: Database) -> None:
    add_people(database, 1)
    sent = add_campaign(database, {1: [1]}, at=MORNING - timedelta(days=3))
    add_campaign(database, {1: [1]}, started_at=None)

    with database.reading() as session:
        assert PAST.names(session, None) == {sent: "惠企贴息"}
