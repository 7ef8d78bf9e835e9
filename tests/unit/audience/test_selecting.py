"""Who a segment holds, and why: each kind of condition on rows, and any rule against plain Python."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.audience.catalogue import get_fields
from bot.audience.model import AudienceList, FileKind, LegalBasis, ListRow, ListState, RowVerdict
from bot.audience.rules import read_rule
from bot.audience.selecting import because, how_many, matching, sample, who
from bot.clock import local_day
from bot.customers.consents import Proof, allowing, is_allowed, keep_word
from bot.customers.model import Follower
from bot.customers.remarks import TagSource, put_tag, take_tag_off
from bot.customers.rules import Purpose
from bot.db import Database
from bot.errors import NotFound
from bot.handoff.matters import Matter, MatterVerdict
from bot.handoff.model import Conversation, Owner
from tests.factories import MORNING
from tests.unit.audience.conftest import all_of, any_of, asks, none_of, trait

TODAY = local_day(MORNING)
DAY = timedelta(days=1)


def held(database: Database, rule: dict[str, Any], now: datetime = MORNING) -> set[str]:
    """The labels of those a rule holds."""
    node, flaws = read_rule(rule, get_fields())
    assert node is not None, flaws
    with database.reading() as session:
        return set(session.scalars(select(Follower.label).where(matching(session, node, now))))


def add_list(database: Database, *members: int, state: ListState = ListState.LIVE, days: int = 30) -> int:
    """A list of these followers; its id."""
    with database.transaction() as session:
        row = AudienceList(
            name="鼓楼重点",
            purpose="提质",
            basis=LegalBasis.CONSENT,
            branch="鼓楼支行",
            expires_on=TODAY + days * DAY,
            expires_at=MORNING + days * DAY,
            file_name="a.csv",
            kind=FileKind.CSV,
            size=1,
            state=state,
            mapping=["openid", "level"],
            created_by="marketer",
            created_at=MORNING,
            committed_by="marketer",
            committed_at=MORNING,
        )
        session.add(row)
        session.flush()
        for number, one in enumerate(members):
            session.add(
                ListRow(
                    list_id=row.id,
                    row=number + 2,
                    verdict=RowVerdict.MATCHED,
                    follower_id=one,
                    who="",
                    expires_at=row.expires_at,
                )
            )
        return row.id


def test_profile_conditions_hold_by_what_is_known_and_their_opposites_hold_everybody_else(
    database: Database, add: Callable[..., int]
) -> None:
    add("甲", industry="餐饮", branch="鼓楼支行", identity_level=3)
    add("乙", industry="零售", branch="历下支行")
    add("丙")

    assert held(database, asks("industry", "any_of", ["餐饮", "零售"])) == {"甲", "乙"}
    assert held(database, asks("industry", "none_of", ["餐饮"])) == {"乙", "丙"}
    assert held(database, none_of(asks("branch", "any_of", ["鼓楼支行"]))) == {"乙", "丙"}
    assert held(database, asks("identity", "any_of", ["bound"])) == {"甲"}


def test_tags_count_while_they_are_on(database: Database, add: Callable[..., int]) -> None:
    one, two = add("甲"), add("乙")
    with database.transaction() as session:
        put_tag(session, one, "expanding", TagSource.CHAT, "rep", MORNING)
        put_tag(session, two, "expanding", TagSource.CHAT, "rep", MORNING)
        take_tag_off(session, two, "expanding", "rep", MORNING)

    assert held(database, asks("tag", "any_of", ["expanding"])) == {"甲"}
    assert held(database, asks("tag", "none_of", ["expanding"])) == {"乙"}


def test_lifecycle_is_counted_in_days_back(database: Database, add: Callable[..., int]) -> None:
    add("甲", first_seen_at=MORNING - 30 * DAY, last_seen_at=MORNING - 2 * DAY)
    add("乙", first_seen_at=MORNING - 31 * DAY, last_seen_at=MORNING - 90 * DAY)

    assert held(database, asks("first_seen", "within_days", 30)) == {"甲"}
    assert held(database, asks("first_seen", "over_days", 30)) == {"乙"}
    assert held(database, asks("last_seen", "over_days", 30)) == {"乙"}


TRAITS: list[tuple[str, Any, dict[str, Any], bool]] = [
    ("level", "金卡", asks("level", "any_of", ["金卡", "白金"]), True),
    ("level", "银卡", asks("level", "any_of", ["金卡"]), False),
    ("level", "银卡", asks("level", "none_of", ["金卡"]), True),
    ("upgrade_gap_pct", 10, asks("upgrade_gap_pct", "at_most", 10), True),
    ("upgrade_gap_pct", 10.1, asks("upgrade_gap_pct", "at_most", 10), False),
    ("points", 500, asks("points", "at_least", 500), True),
    ("points", 499, asks("points", "at_least", 500), False),
    ("points", 5, asks("points", "between", [5, 6]), True),
    ("points", 7, asks("points", "between", [5, 6]), False),
    ("branch_priority", 1, asks("branch_priority", "is", True), True),
    ("branch_priority", 0, asks("branch_priority", "is", True), False),
    ("branch_priority", 0, asks("branch_priority", "is", False), True),
    ("last_used_on", TODAY - 366 * DAY, asks("last_used_on", "over_days", 365), True),
    ("last_used_on", TODAY - 365 * DAY, asks("last_used_on", "over_days", 365), False),
    ("account_opened_on", TODAY - 30 * DAY, asks("account_opened_on", "within_days", 30), True),
    ("account_opened_on", TODAY + DAY, asks("account_opened_on", "within_days", 30), False),
    ("points_expiring_on", TODAY + 30 * DAY, asks("points_expiring_on", "next_days", 30), True),
    ("points_expiring_on", TODAY - DAY, asks("points_expiring_on", "next_days", 30), False),
]


@pytest.mark.parametrize(("key", "value", "rule", "holds"), TRAITS)
def test_traits_are_compared_by_their_kind(
    database: Database, add: Callable[..., int], key: str, value: Any, rule: dict[str, Any], holds: bool
) -> None:
    add("甲", traits={key: value})

    assert held(database, rule) == ({"甲"} if holds else set())


def test_whoever_did_not_agree_to_profiling_is_matched_by_no_trait_for_or_against(
    database: Database, add: Callable[..., int]
) -> None:
    add("同意", traits={"level": "金卡"})
    add("拒绝", traits={"level": "金卡"}, profiling=False, industry="餐饮")
    add("没说", industry="餐饮")

    assert held(database, asks("level", "any_of", ["金卡"])) == {"同意"}
    assert held(database, asks("level", "none_of", ["银卡"])) == {"同意"}
    assert held(database, none_of(asks("level", "any_of", ["银卡"]))) == {"同意"}
    assert held(database, any_of(asks("level", "any_of", ["金卡"]), asks("industry", "any_of", ["餐饮"]))) == {
        "同意",
        "拒绝",
        "没说",
    }


def test_a_segment_of_traits_cannot_be_used_against_who_refused(
    database: Database, add: Callable[..., int], segment: Callable[..., int]
) -> None:
    add("同意", traits={"level": "银卡"})
    add("拒绝", profiling=False)
    gold = segment(all_of(asks("level", "any_of", ["金卡"])))

    assert held(database, asks("segment", "none_of", [gold])) == {"同意"}


def test_the_newest_trait_that_counts_holds(database: Database, add: Callable[..., int]) -> None:
    follower = add("甲", traits={"level": "银卡"})
    live, waiting = add_list(database), add_list(database, state=ListState.CHECKED)
    with database.transaction() as session:
        session.add(trait(follower, "level", "金卡", as_of=MORNING, list_id=live, expires_at=MORNING + 30 * DAY))
        session.add(trait(follower, "level", "钻石", as_of=MORNING, list_id=waiting, expires_at=MORNING + 30 * DAY))

    assert held(database, asks("level", "any_of", ["金卡"])) == {"甲"}
    assert held(database, asks("level", "any_of", ["银卡", "钻石"])) == set()
    # The list's last day is over: what the bank itself knows holds again.
    assert held(database, asks("level", "any_of", ["银卡"]), MORNING + 31 * DAY) == {"甲"}


def test_lists_hold_while_they_are_live(database: Database, add: Callable[..., int]) -> None:
    one = add("甲")
    live, checked = add_list(database, one, days=3), add_list(database, one, state=ListState.CHECKED)

    assert held(database, asks("list", "any_of", [live])) == {"甲"}
    assert held(database, asks("list", "any_of", [live]), MORNING + 3 * DAY) == set()
    assert held(database, asks("list", "any_of", [checked, 999])) == set()


def test_what_was_asked_lately_makes_a_segment(database: Database, add: Callable[..., int]) -> None:
    intent, other = list(get_fields()["asked"].choices)[:2]
    for name, at, what in (
        ("甲", MORNING - 2 * DAY, intent),
        ("乙", MORNING - 8 * DAY, intent),
        ("丙", MORNING, other),
    ):
        follower = add(name)
        with database.transaction() as session:
            chat = Conversation(follower_id=follower, owner=Owner.BOT, opened_at=at, card={}, session={})
            session.add(chat)
            session.flush()
            session.add(Matter(conversation_id=chat.id, flow="loan", intent=what, verdict=MatterVerdict.SOLVED, at=at))

    assert held(database, asks("asked", "any_of", [intent], days=7)) == {"甲"}
    assert held(database, asks("asked", "none_of", [intent], days=7)) == {"乙", "丙"}


def test_segments_may_ask_for_segments_until_their_last_day(
    database: Database, add: Callable[..., int], segment: Callable[..., int]
) -> None:
    add("甲", industry="餐饮")
    add("乙", industry="零售")
    inner = segment(asks("industry", "any_of", ["餐饮"]), expires_on=TODAY)
    outer = segment(all_of(asks("segment", "any_of", [inner])))

    with database.reading() as session:
        today = set(session.scalars(select(Follower.label).where(who(session, outer, MORNING))))
        tomorrow = set(session.scalars(select(Follower.label).where(who(session, outer, MORNING + DAY))))
        excluded = set(session.scalars(select(Follower.label).where(~who(session, inner, MORNING))))
        with pytest.raises(NotFound):
            who(session, 999, MORNING)
    assert (today, tomorrow, excluded) == ({"甲"}, set(), {"乙"})


def test_segments_that_lead_back_to_themselves_hold_nobody_instead_of_failing(
    database: Database, add: Callable[..., int], segment: Callable[..., int]
) -> None:
    add("甲")
    one = segment(asks("segment", "any_of", [2]))
    segment(asks("segment", "any_of", [one]))

    with database.reading() as session:
        assert session.scalars(select(Follower.id).where(who(session, one, MORNING))).all() == []


def test_a_kept_rule_whose_field_is_gone_holds_nobody_and_says_so(
    database: Database, segment: Callable[..., int]
) -> None:
    old = segment(asks("shoe_size", "at_least", 42))

    with database.reading() as session, pytest.raises(NotFound):
        who(session, old, MORNING)


def test_because_tells_each_condition_with_what_was_found(
    database: Database, add: Callable[..., int], segment: Callable[..., int]
) -> None:
    follower = add("甲", industry="餐饮", traits={"upgrade_gap_pct": 8.5})
    listed = add_list(database, follower)
    chosen = segment(
        all_of(
            asks("industry", "any_of", ["零售"]),
            asks("upgrade_gap_pct", "at_most", 10),
            none_of(asks("list", "any_of", [listed])),
            asks("points", "at_least", 1),
        )
    )

    with database.reading() as session:
        told = because(session, chosen, follower, MORNING)

    assert [(one.path, one.words, one.holds, one.value, one.source) for one in told] == [
        ("of.0", "行业是零售", False, "餐饮", "核心系统"),
        ("of.1", "升级差额不超过10%", True, "8.5%", "核心系统"),
        ("of.2.of.0", "不符合：在名单“鼓楼重点”中", False, "鼓楼重点", "名单"),
        ("of.3", "积分余额不低于1分", False, None, "没有记录"),
    ]
    assert told[1].as_of == MORNING - DAY


def test_because_says_that_a_trait_may_not_be_looked_at(
    database: Database, add: Callable[..., int], segment: Callable[..., int]
) -> None:
    follower = add("甲", traits={"level": "金卡"}, profiling=False)
    chosen = segment(asks("level", "any_of", ["金卡"]))

    with database.reading() as session:
        (told,) = because(session, chosen, follower, MORNING)
        with pytest.raises(NotFound):
            because(session, chosen, 999, MORNING)

    assert (told.holds, told.value, told.source) == (False, "未同意按个人情况推荐", "授权记录")


def test_how_many_and_a_sample(database: Database, add: Callable[..., int]) -> None:
    for number in range(30):
        add(f"客{number}", industry="餐饮", is_following=number % 3 != 0)
    add("退订", industry="餐饮", opted_out_at=MORNING)
    node, _ = read_rule(asks("industry", "any_of", ["餐饮"]), get_fields())
    assert node is not None

    with database.reading() as session:
        condition = matching(session, node, MORNING)
        assert how_many(session, condition) == (31, 20)
        first, again = sample(session, condition), sample(session, condition)
    assert len(first) == 20
    assert [one.id for one in first] == [one.id for one in again]


@pytest.mark.parametrize("purpose", [Purpose.PROFILING, Purpose.SERVICE])
def test_who_allows_a_purpose_is_the_same_for_one_and_for_all(
    database: Database, add: Callable[..., int], purpose: Purpose
) -> None:
    words = {
        "从未": [],
        "同意": [(0, True)],
        "收回": [(0, True), (1, False)],
        "又同意": [(0, False), (1, True)],
        "旧的后到": [(5, True), (2, False)],
        "同时": [(1, True), (1, False)],
    }
    for name, said in words.items():
        follower = add(name)
        with database.transaction() as session:
            row = session.get_one(Follower, follower)
            for number, (hours, granted) in enumerate(said):
                proof = Proof("bank", "v1", f"{name}{number}")
                at = MORNING + timedelta(hours=hours)
                keep_word(session, row, purpose, at, MORNING, proof, granted=granted)

    with database.reading() as session:
        every = {row.id: row.label for row in session.scalars(select(Follower))}
        one_by_one = {label for own, label in every.items() if is_allowed(session, own, purpose)}
        at_once = set(session.scalars(select(Follower.label).where(allowing(purpose))))
    assert at_once == one_by_one
    assert "收回" not in at_once
    assert "旧的后到" in at_once


# ---------------------------------------------------------------- any rule, compared with plain Python

Plain = dict[str, Any]
INDUSTRIES, BRANCHES, LEVELS = ["餐饮", "零售", "物流"], ["鼓楼支行", "历下支行"], ["普通", "银卡", "金卡"]
_people = st.fixed_dictionaries(
    {
        "industry": st.sampled_from([None, *INDUSTRIES]),
        "branch": st.sampled_from([None, *BRANCHES]),
        "seen_days": st.integers(0, 9),
        "agrees": st.sampled_from([None, True, False]),
        "level": st.sampled_from([None, *LEVELS]),
        "points": st.sampled_from([None, 0, 5, 10]),
        "used_days": st.sampled_from([None, 0, 4, 8]),
        "priority": st.sampled_from([None, 0, 1]),
        "on_list": st.booleans(),
        "tagged": st.booleans(),
    }
)
_leaves = st.one_of(
    st.builds(
        asks,
        st.just("industry"),
        st.sampled_from(["any_of", "none_of"]),
        st.lists(st.sampled_from(INDUSTRIES), min_size=1, max_size=2),
    ),
    st.builds(
        asks,
        st.just("branch"),
        st.sampled_from(["any_of", "none_of"]),
        st.lists(st.sampled_from(BRANCHES), min_size=1, max_size=1),
    ),
    st.builds(asks, st.just("first_seen"), st.sampled_from(["within_days", "over_days"]), st.integers(1, 9)),
    st.builds(
        asks,
        st.just("level"),
        st.sampled_from(["any_of", "none_of"]),
        st.lists(st.sampled_from(LEVELS), min_size=1, max_size=2),
    ),
    st.builds(asks, st.just("points"), st.sampled_from(["at_least", "at_most"]), st.integers(0, 10)),
    st.builds(asks, st.just("last_used_on"), st.sampled_from(["within_days", "over_days"]), st.integers(1, 9)),
    st.builds(asks, st.just("branch_priority"), st.just("is"), st.booleans()),
    st.builds(asks, st.just("list"), st.sampled_from(["any_of", "none_of"]), st.just([1])),
    st.builds(asks, st.just("tag"), st.sampled_from(["any_of", "none_of"]), st.just(["expanding"])),
)
_rules = st.recursive(
    _leaves,
    lambda inner: st.builds(
        lambda op, of: {"op": op, "of": of},
        st.sampled_from(["all", "any", "not"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=8,
)


def holds(rule: dict[str, Any], one: Plain, wanted: bool = True) -> bool:
    """What the rule means: whether it, or with `wanted` False its opposite, holds for this person."""
    if "of" in rule:
        inner = wanted ^ (rule["op"] == "not")
        each = [holds(child, one, inner) for child in rule["of"]]
        is_and = (rule["op"] in ("all", "not")) == wanted
        return all(each) if is_and else any(each)
    name, op, value = rule["field"], rule["op"], rule["value"]
    against = (op == "none_of") == wanted
    if name in ("industry", "branch"):
        return (one[name] in value) is not against
    if name == "first_seen":
        return ((one["seen_days"] <= value) == (op == "within_days")) is wanted
    if name == "list":
        return one["on_list"] is not against
    if name == "tag":
        return one["tagged"] is not against
    if one["agrees"] is not True:
        return False
    if name == "level":
        return (one["level"] in value) is not against
    known = one[{"points": "points", "last_used_on": "used_days", "branch_priority": "priority"}[name]]
    fits = (
        known is not None
        and {
            "at_least": lambda: known >= value,
            "at_most": lambda: known <= value,
            "within_days": lambda: known <= value,
            "over_days": lambda: known > value,
            "is": lambda: known == value,
        }[op]()
    )
    return fits is wanted


def fill(database: Database, people: list[Plain]) -> None:
    """These people as rows; labels are their numbers."""
    with database.transaction() as session:
        for number, one in enumerate(people):
            row = Follower(
                openid=f"o-{number}",
                label=str(number),
                industry=one["industry"],
                branch=one["branch"],
                first_seen_at=MORNING - one["seen_days"] * DAY,
                last_seen_at=MORNING,
            )
            session.add(row)
            session.flush()
            if one["agrees"] is not None:
                proof = Proof("bank", "v1", f"p{number}")
                keep_word(session, row, Purpose.PROFILING, MORNING, MORNING, proof, granted=one["agrees"])
            used = None if one["used_days"] is None else TODAY - one["used_days"] * DAY
            found = {
                "level": one["level"],
                "points": one["points"],
                "last_used_on": used,
                "branch_priority": one["priority"],
            }
            for key, value in found.items():
                if value is not None:
                    session.add(trait(row.id, key, value))
            if one["tagged"]:
                put_tag(session, row.id, "expanding", TagSource.CHAT, "rep", MORNING)
    with database.reading() as session:
        ids = {one.label: one.id for one in session.execute(select(Follower.label, Follower.id))}
    assert add_list(database, *(ids[str(number)] for number, one in enumerate(people) if one["on_list"])) == 1


@given(people=st.lists(_people, min_size=1, max_size=6), rules=st.lists(_rules, min_size=5, max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_rule_means_the_same_in_sql_and_in_python(
    empty_database: Any, tmp_path_factory: pytest.TempPathFactory, people: list[Plain], rules: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("rules") / "test.db"
    path.write_bytes(empty_database.read_bytes())
    database = Database(f"sqlite:///{path}")
    fill(database, people)

    for rule in rules:
        assert held(database, rule) == {str(number) for number, one in enumerate(people) if holds(rule, one)}, rule
    database.close()
    path.unlink()
