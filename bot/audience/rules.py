"""The rules of segments: a tree of conditions, read from JSON, checked, and told in words. Pure.

A group is {"op": "all" | "any" | "not", "of": [...]}; a condition {"field": ..., "op": ..., "value": ..., "days": ...}.
What may be asked of which field stands in fields.py; selecting.py turns the tree into SQL.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bot.audience.fields import NUMBERED, Field, FieldKind, Op

MAX_DEPTH = 6
MAX_CONDITIONS = 50
MAX_CHOICES = 200
MAX_DAYS = 3650
MAX_NUMBER = 1e12


class How(StrEnum):
    """How a group joins what is in it."""

    ALL = "all"
    ANY = "any"
    NOT = "not"


@dataclass(frozen=True)
class Condition:
    """One question about a follower. `value` is a tuple of choices or ids, a number, a pair of numbers, a number of
    days or a yes or no, as its field's kind wants; `days` is how far back "asked" looks.
    """

    field: Field
    op: Op
    value: Any
    days: int | None = None


@dataclass(frozen=True)
class Group:
    """Conditions joined; NOT means that none of them holds."""

    how: How
    of: tuple["Node", ...]


Node = Condition | Group


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a rule and where: "of.0.of.1", "" for the whole."""

    path: str
    text: str


@dataclass(frozen=True)
class Names:
    """What ids are called in words: lists, segments and pushes by id."""

    lists: Mapping[int, str]
    segments: Mapping[int, str]
    pushes: Mapping[int, str]


def read_rule(raw: Any, fields: Mapping[str, Field]) -> tuple[Node | None, list[Flaw]]:
    """The tree of a JSON rule and what is wrong with it; None for the tree when anything is."""
    flaws: list[Flaw] = []
    node = _read(raw, fields, "", 1, flaws)
    if node is not None and len(list(conditions(node))) > MAX_CONDITIONS:
        flaws.append(Flaw("", f"条件太多，最多{MAX_CONDITIONS}条"))
    return (None if flaws else node), flaws


def conditions(node: Node) -> Iterator[Condition]:
    """Every condition of a tree, in reading order."""
    if isinstance(node, Condition):
        yield node
        return
    for inner in node.of:
        yield from conditions(inner)


def references(node: Node, kind: FieldKind) -> frozenset[int]:
    """The ids of the lists, segments or pushes a tree asks for."""
    return frozenset(one for found in conditions(node) if found.field.kind is kind for one in found.value)


def is_profiling(node: Node) -> bool:
    """True when the rule looks at traits: who did not agree to that is not matched by them."""
    return any(found.field.is_trait for found in conditions(node))


def in_words(node: Node, names: Names) -> str:
    """The rule as one sentence of Chinese."""
    return _words(node, names, is_outer=True)


def words_of(condition: Condition, names: Names) -> str:
    """One condition in Chinese."""
    field, value = condition.field, condition.value
    if field.kind in NUMBERED:
        known = {FieldKind.LISTS: names.lists, FieldKind.SEGMENTS: names.segments}.get(field.kind, names.pushes)
        named = "、".join(f"“{known.get(one, '已删除')}”" for one in value)
        if field.kind is FieldKind.PUSHES:
            return f"{'没' if condition.op is Op.NONE_OF else ''}{field.label}{named}"
        return f"{'不在' if condition.op is Op.NONE_OF else '在'}{field.label}{named}中"
    if field.kind is FieldKind.ASKED:
        asked = "、".join(field.choices.get(one, one) for one in value)
        return f"近{condition.days}天{'没' if condition.op is Op.NONE_OF else ''}问过{asked}"
    if field.kind in (FieldKind.CHOICE, FieldKind.TAGS):
        is_any = {FieldKind.CHOICE: "是", FieldKind.TAGS: "有"}[field.kind]
        is_none = {FieldKind.CHOICE: "不是", FieldKind.TAGS: "没有"}[field.kind]
        said = "或".join(field.choices.get(one, one) for one in value)
        return f"{field.label}{is_none if condition.op is Op.NONE_OF else is_any}{said}"
    if field.kind is FieldKind.FLAG:
        return (
            f"{'是' if value else '不是'}{field.label}"
            if field.label.endswith("客户")
            else f"{'已' if value else '未'}{field.label}"
        )
    return _measured(condition)


def _measured(condition: Condition) -> str:
    field, value = condition.field, condition.value
    if condition.op is Op.BETWEEN:
        return f"{field.label}在{_number(value[0])}{field.unit}到{_number(value[1])}{field.unit}之间"
    if condition.op in (Op.AT_LEAST, Op.AT_MOST):
        return f"{field.label}{'不低于' if condition.op is Op.AT_LEAST else '不超过'}{_number(value)}{field.unit}"
    told = f"{field.label}{_WHEN[condition.op].format(days=value)}"
    return f"{told}{field.never}" if condition.op is Op.OVER_DAYS else told


def _number(value: float) -> str:
    return f"{value:,.10g}"


_WHEN = {Op.WITHIN_DAYS: "在近{days}天内", Op.OVER_DAYS: "已超过{days}天", Op.NEXT_DAYS: "在未来{days}天内"}
_JOINS = {How.ALL: "，且", How.ANY: "，或", How.NOT: "，或"}


def _words(node: Node, names: Names, *, is_outer: bool) -> str:
    if isinstance(node, Condition):
        return words_of(node, names)
    told = _JOINS[node.how].join(_words(inner, names, is_outer=False) for inner in node.of)
    if node.how is How.NOT:
        return f"不符合（{told}）"
    return told if is_outer or len(node.of) == 1 else f"（{told}）"


def _read(raw: Any, fields: Mapping[str, Field], path: str, depth: int, flaws: list[Flaw]) -> Node | None:
    if not isinstance(raw, dict):
        flaws.append(Flaw(path, "这里应该是一个条件或条件组"))
        return None
    return _group(raw, fields, path, depth, flaws) if "of" in raw else _condition(raw, fields, path, flaws)


def _group(raw: dict[str, Any], fields: Mapping[str, Field], path: str, depth: int, flaws: list[Flaw]) -> Node | None:
    before = len(flaws)
    if raw.get("op") not in tuple(How) or raw.keys() - {"op", "of"}:
        flaws.append(Flaw(path, "条件组只能是“全部符合”“任一符合”或“都不符合”"))
    if depth > MAX_DEPTH:
        flaws.append(Flaw(path, f"条件组最多嵌套{MAX_DEPTH}层"))
        return None
    of = raw["of"]
    if not isinstance(of, list) or not of:
        flaws.append(Flaw(path, "条件组里还没有条件"))
        return None
    if len(of) > MAX_CONDITIONS:
        flaws.append(Flaw(path, f"条件太多，最多{MAX_CONDITIONS}条"))
        return None
    dot = f"{path}." if path else ""
    found = [_read(inner, fields, f"{dot}of.{number}", depth + 1, flaws) for number, inner in enumerate(of)]
    if len(flaws) > before:
        return None
    return Group(How(raw["op"]), tuple(one for one in found if one is not None))


def _condition(raw: dict[str, Any], fields: Mapping[str, Field], path: str, flaws: list[Flaw]) -> Condition | None:
    name, op = raw.get("field"), raw.get("op")
    field = fields.get(name) if isinstance(name, str) else None
    if field is None:
        flaws.append(Flaw(path, "请选择要看的资料"))
        return None
    if op not in field.ops:
        flaws.append(Flaw(path, f"{field.label}：请选择怎样比较"))
        return None
    wanted = {"field", "op", "value"} | ({"days"} if field.kind is FieldKind.ASKED else set())
    if raw.keys() - wanted:
        flaws.append(Flaw(path, f"{field.label}：有不认识的内容"))
        return None
    value, problem = _value(field, Op(op), raw.get("value"))
    if problem is None and field.kind is FieldKind.ASKED and not _is_days(raw.get("days")):
        problem = f"请填天数，1到{MAX_DAYS}"
    if problem is not None:
        flaws.append(Flaw(path, f"{field.label}：{problem}"))
        return None
    return Condition(field, Op(op), value, raw.get("days"))


def _value(field: Field, op: Op, raw: Any) -> tuple[Any, str | None]:
    if op in (Op.ANY_OF, Op.NONE_OF):
        return _chosen(field, raw)
    if op is Op.IS:
        return raw, None if isinstance(raw, bool) else "请选择是或否"
    if op in (Op.AT_LEAST, Op.AT_MOST):
        return raw, None if _is_number(raw) else "请填数字"
    if op is Op.BETWEEN:
        if not isinstance(raw, list) or len(raw) != 2 or not all(map(_is_number, raw)):
            return None, "请填两个数字"
        return tuple(raw), None if raw[0] <= raw[1] else "前一个数字不能大于后一个"
    return raw, None if _is_days(raw) else f"请填天数，1到{MAX_DAYS}"


def _chosen(field: Field, raw: Any) -> tuple[Any, str | None]:
    if not isinstance(raw, list) or not raw:
        return None, "请至少选一项"
    if len(raw) > MAX_CHOICES:
        return None, f"最多选{MAX_CHOICES}项"
    if field.kind in NUMBERED:
        is_right = all(isinstance(one, int) and not isinstance(one, bool) and 0 < one < 2**53 for one in raw)
    else:
        is_right = all(isinstance(one, str) and 0 < len(one) <= 100 for one in raw)
        is_right = is_right and (not field.is_closed or all(one in field.choices for one in raw))
    return tuple(dict.fromkeys(raw)) if is_right else None, None if is_right else "选项里有不认识的内容"


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and abs(value) <= MAX_NUMBER


def _is_days(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_DAYS


def has_expired(expires_on: date | None, today: date) -> bool:
    """True after the last day of a list or segment."""
    return expires_on is not None and expires_on < today


def paths(node: Node, path: str = "") -> Iterator[tuple[str, Condition, bool]]:
    """Every condition with its place and whether it stands under an odd number of NOTs."""
    yield from _paths(node, path, is_negated=False)


def _paths(node: Node, path: str, *, is_negated: bool) -> Iterator[tuple[str, Condition, bool]]:
    if isinstance(node, Condition):
        yield path, node, is_negated
        return
    dot = f"{path}." if path else ""
    for number, inner in enumerate(node.of):
        yield from _paths(inner, f"{dot}of.{number}", is_negated=is_negated ^ (node.how is How.NOT))


def follow(start: Sequence[int], of: Mapping[int, frozenset[int]]) -> frozenset[int]:
    """Every segment that is reached from these by reference, themselves included."""
    reached: set[int] = set()
    waiting = list(start)
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += of.get(one, frozenset())
    return frozenset(reached)
