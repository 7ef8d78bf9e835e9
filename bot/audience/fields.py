"""What a rule may ask about a follower: the fields, what each may be compared by, and its choices.

Fixed fields stand here; traits come from config/traits.yml; choices that grow (industries, branches, lists, segments)
are read when a screen asks for them (queries.py).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from bot.customers.remarks import TagKind
from bot.customers.rules import IdentityLevel

NOTHING: Mapping[str, str] = MappingProxyType({})


class FieldKind(StrEnum):
    """What a field holds."""

    CHOICE = "choice"
    TAGS = "tags"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    # How long ago something was; it lies in the past.
    SINCE = "since"
    ASKED = "asked"
    LISTS = "lists"
    SEGMENTS = "segments"
    PUSHES = "pushes"


class Op(StrEnum):
    """How a field is compared."""

    ANY_OF = "any_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"
    WITHIN_DAYS = "within_days"
    OVER_DAYS = "over_days"
    NEXT_DAYS = "next_days"
    IS = "is"


OPS: Mapping[FieldKind, tuple[Op, ...]] = {
    FieldKind.CHOICE: (Op.ANY_OF, Op.NONE_OF),
    FieldKind.TAGS: (Op.ANY_OF, Op.NONE_OF),
    FieldKind.NUMBER: (Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN),
    FieldKind.FLAG: (Op.IS,),
    FieldKind.DAY: (Op.WITHIN_DAYS, Op.OVER_DAYS, Op.NEXT_DAYS),
    FieldKind.SINCE: (Op.WITHIN_DAYS, Op.OVER_DAYS),
    FieldKind.ASKED: (Op.ANY_OF, Op.NONE_OF),
    FieldKind.LISTS: (Op.ANY_OF, Op.NONE_OF),
    FieldKind.SEGMENTS: (Op.ANY_OF, Op.NONE_OF),
    FieldKind.PUSHES: (Op.ANY_OF, Op.NONE_OF),
}
# Whose values are ids of rows.
NUMBERED = frozenset((FieldKind.LISTS, FieldKind.SEGMENTS, FieldKind.PUSHES))


@dataclass(frozen=True)
class TraitKind:
    """One trait that may be kept of a follower. `headers` are words by which a list's column is guessed to hold it,
    `fact` the bank's fact whose day it is.
    """

    key: str
    label: str
    kind: FieldKind
    unit: str = ""
    choices: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    fact: str | None = None


@dataclass(frozen=True)
class Field:
    """Something a rule may ask. `choices` are ids with their Chinese names; `is_closed` when there are no others.
    `never`: what "longer ago than" holds as well, in words.
    """

    name: str
    label: str
    group: str
    kind: FieldKind
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    is_closed: bool = False
    is_trait: bool = False
    never: str = ""

    @property
    def ops(self) -> tuple[Op, ...]:
        """How it may be compared."""
        return OPS[self.kind]


PROFILE, LIFECYCLE, TRAITS, CHATS, AUDIENCES = "基本资料", "联系情况", "客户特征", "咨询记录", "名单和客群"
PUSH_RECORDS = "推送记录"
LEVELS = {"follower": "仅关注", "phone_verified": "手机已核实", "bound": "已绑定企业"}
LEVEL_OF = {
    "follower": IdentityLevel.FOLLOWER,
    "phone_verified": IdentityLevel.PHONE_VERIFIED,
    "bound": IdentityLevel.BOUND,
}


def fields_of(
    traits: Iterable[TraitKind], tags: Mapping[str, TagKind], intents: Mapping[str, str], past: Iterable[Field] = ()
) -> Mapping[str, Field]:
    """Every field by name, in the order screens offer them."""
    given = {one.id: one.label for one in tags.values()}
    fixed = [
        Field("industry", "行业", PROFILE, FieldKind.CHOICE),
        Field("branch", "开户网点", PROFILE, FieldKind.CHOICE),
        Field("identity", "身份核实", PROFILE, FieldKind.CHOICE, choices=LEVELS, is_closed=True),
        Field("tag", "标签", PROFILE, FieldKind.TAGS, choices=given, is_closed=True),
        Field("first_seen", "首次关注", LIFECYCLE, FieldKind.SINCE),
        Field("last_seen", "最近联系", LIFECYCLE, FieldKind.SINCE),
        *(_of_trait(one) for one in traits),
        Field("asked", "问过的事", CHATS, FieldKind.ASKED, choices=intents, is_closed=True),
        *past,
        Field("list", "名单", AUDIENCES, FieldKind.LISTS),
        Field("segment", "客群", AUDIENCES, FieldKind.SEGMENTS),
    ]
    return MappingProxyType({one.name: one for one in fixed})


def _of_trait(trait: TraitKind) -> Field:
    choices = {one: one for one in trait.choices}
    is_closed = trait.kind is FieldKind.CHOICE
    return Field(trait.key, trait.label, TRAITS, trait.kind, trait.unit, choices, is_closed, is_trait=True)
