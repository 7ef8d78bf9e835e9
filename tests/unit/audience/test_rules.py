"""Rules of segments: what is refused, and in which words; how a rule is told."""

from typing import Any

import pytest

from bot.audience.catalogue import get_fields
from bot.audience.rules import MAX_CONDITIONS, MAX_DEPTH, Names, follow, in_words, is_profiling, read_rule
from tests.unit.audience.conftest import all_of, any_of, asks, none_of

BAD: list[tuple[Any, str, str]] = [
    (None, "", "这里应该是一个条件或条件组"),
    ({"op": "all", "of": []}, "", "条件组里还没有条件"),
    ({"op": "all", "of": "x"}, "", "条件组里还没有条件"),
    ({"op": "most", "of": [asks("industry", "any_of", ["餐饮"])]}, "", "条件组只能是“全部符合”“任一符合”或“都不符合”"),
    (
        {"op": "all", "of": [asks("industry", "any_of", ["餐饮"])], "x": 1},
        "",
        "条件组只能是“全部符合”“任一符合”或“都不符合”",
    ),
    (all_of("x"), "of.0", "这里应该是一个条件或条件组"),
    (all_of(any_of(asks("shoe_size", "any_of", ["42"]))), "of.0.of.0", "请选择要看的资料"),
    (asks(["industry"], "any_of", ["餐饮"]), "", "请选择要看的资料"),
    (asks("industry", "at_least", 3), "", "行业：请选择怎样比较"),
    (asks("industry", ["any_of"], 3), "", "行业：请选择怎样比较"),
    (asks("industry", "any_of", []), "", "行业：请至少选一项"),
    (asks("industry", "any_of", "餐饮"), "", "行业：请至少选一项"),
    (asks("industry", "any_of", [""]), "", "行业：选项里有不认识的内容"),
    (asks("industry", "any_of", ["一"] * 201), "", "行业：最多选200项"),
    (asks("level", "any_of", ["至尊"]), "", "客户等级：选项里有不认识的内容"),
    (asks("tag", "any_of", ["nice"]), "", "标签：选项里有不认识的内容"),
    (asks("list", "any_of", ["1"]), "", "名单：选项里有不认识的内容"),
    (asks("list", "any_of", [True]), "", "名单：选项里有不认识的内容"),
    (asks("segment", "any_of", [0]), "", "客群：选项里有不认识的内容"),
    (asks("points", "at_least", "5"), "", "积分余额：请填数字"),
    (asks("points", "at_least", True), "", "积分余额：请填数字"),
    (asks("points", "at_most", float("nan")), "", "积分余额：请填数字"),
    (asks("points", "at_most", 1e13), "", "积分余额：请填数字"),
    (asks("points", "between", [1]), "", "积分余额：请填两个数字"),
    (asks("points", "between", [1, "2"]), "", "积分余额：请填两个数字"),
    (asks("points", "between", [3, 2]), "", "积分余额：前一个数字不能大于后一个"),
    (asks("first_seen", "within_days", 0), "", "首次关注：请填天数，1到3650"),
    (asks("first_seen", "within_days", 1.5), "", "首次关注：请填天数，1到3650"),
    (asks("last_used_on", "over_days", 3651), "", "最近动账日：请填天数，1到3650"),
    (asks("branch_priority", "is", 1), "", "网点重点客户：请选择是或否"),
    (asks("asked", "any_of", ["loan_renew"]), "", "问过的事：请填天数，1到3650"),
    (asks("points", "at_least", 1, days=3), "", "积分余额：有不认识的内容"),
]


@pytest.mark.parametrize(("raw", "path", "text"), BAD)
def test_what_is_wrong_with_a_rule_is_said_with_its_place(raw: Any, path: str, text: str) -> None:
    intents = get_fields()["asked"].choices
    if isinstance(raw, dict) and raw.get("field") == "asked":
        raw = {**raw, "value": [next(iter(intents))]}

    node, flaws = read_rule(raw, get_fields())

    assert node is None
    assert [(flaw.path, flaw.text) for flaw in flaws] == [(path, text)]


def test_every_flaw_is_told_at_once() -> None:
    _, flaws = read_rule(all_of(asks("points", "at_least", "5"), asks("level", "any_of", [])), get_fields())

    assert [flaw.path for flaw in flaws] == ["of.0", "of.1"]


def test_a_rule_that_is_too_deep_or_too_long_is_refused() -> None:
    leaf = asks("points", "at_least", 1)
    deep = leaf
    for _ in range(MAX_DEPTH):
        deep = all_of(deep)
    assert read_rule(deep, get_fields())[1] == []

    assert [flaw.text for flaw in read_rule(all_of(deep), get_fields())[1]] == [f"条件组最多嵌套{MAX_DEPTH}层"]
    halves = all_of(*[any_of(*[leaf] * (MAX_CONDITIONS // 2 + 1))] * 2)
    assert [flaw.text for flaw in read_rule(halves, get_fields())[1]] == [f"条件太多，最多{MAX_CONDITIONS}条"]
    flat = all_of(*[leaf] * (MAX_CONDITIONS + 1))
    assert [flaw.text for flaw in read_rule(flat, get_fields())[1]] == [f"条件太多，最多{MAX_CONDITIONS}条"]


WORDS: list[tuple[dict[str, Any], str]] = [
    (asks("industry", "any_of", ["餐饮", "零售"]), "行业是餐饮或零售"),
    (asks("branch", "none_of", ["鼓楼支行"]), "开户网点不是鼓楼支行"),
    (asks("identity", "any_of", ["bound"]), "身份核实是已绑定企业"),
    (asks("tag", "any_of", ["expanding"]), "标签有正在扩店"),
    (asks("tag", "none_of", ["expanding"]), "标签没有正在扩店"),
    (asks("first_seen", "within_days", 30), "首次关注在近30天内"),
    (asks("last_used_on", "over_days", 365), "最近动账日已超过365天"),
    (asks("points_expiring_on", "next_days", 30), "积分到期日在未来30天内"),
    (asks("upgrade_gap_pct", "at_most", 10), "升级差额不超过10%"),
    (asks("points", "at_least", 12_000), "积分余额不低于12,000分"),
    (asks("points", "between", [1, 2.5]), "积分余额在1分到2.5分之间"),
    (asks("branch_priority", "is", True), "是网点重点客户"),
    (asks("branch_priority", "is", False), "不是网点重点客户"),
    (asks("uses_receipts", "is", False), "未使用电子回单"),
    (asks("uses_ebank", "is", True), "已开通企业网银"),
    (asks("list", "any_of", [1, 2]), "在名单“鼓楼重点”、“已删除”中"),
    (asks("segment", "none_of", [7]), "不在客群“新开户”中"),
    (
        all_of(
            asks("points", "at_least", 1),
            any_of(asks("level", "any_of", ["金卡"]), asks("branch_priority", "is", True)),
            none_of(asks("tag", "any_of", ["dialect"])),
        ),
        "积分余额不低于1分，且（客户等级是金卡，或是网点重点客户），且不符合（标签有说方言）",
    ),
]


@pytest.mark.parametrize(("rule", "words"), WORDS)
def test_a_rule_is_told_in_words(rule: dict[str, Any], words: str) -> None:
    node, flaws = read_rule(rule, get_fields())

    assert flaws == []
    assert node is not None
    assert in_words(node, Names({1: "鼓楼重点"}, {7: "新开户"}, {3: "端午积分"})) == words


def test_what_was_asked_is_told_with_its_days() -> None:
    intent, label = next(iter(get_fields()["asked"].choices.items()))
    asked, not_asked = (read_rule(asks("asked", op, [intent], days=7), get_fields())[0] for op in ("any_of", "none_of"))

    assert asked is not None
    assert not_asked is not None
    assert in_words(asked, Names({}, {}, {})) == f"近7天问过{label}"
    assert in_words(not_asked, Names({}, {}, {})) == f"近7天没问过{label}"


def test_rules_on_traits_are_profiling_and_others_are_not() -> None:
    on_traits, on_profile = (
        read_rule(all_of(one), get_fields())[0]
        for one in (asks("level", "any_of", ["金卡"]), asks("branch", "any_of", ["鼓楼支行"]))
    )

    assert on_traits is not None
    assert on_profile is not None
    assert is_profiling(on_traits)
    assert not is_profiling(on_profile)


def test_segments_are_followed_through_one_another() -> None:
    leads = {1: frozenset({2}), 2: frozenset({3}), 3: frozenset({1}), 4: frozenset({5})}

    assert follow([1], leads) == {1, 2, 3}
    assert follow([4], leads) == {4, 5}
