"""What a follower told about his need: found in a text, named on the rep's card, read back in an acknowledgement.

The slots, all JSON: purpose (words), amount [low, high] in fen, term in months, collateral (bool), years in
business, industry (code), product (id), ukey_cause, cause and risk (words), elder (bool), article (its title).
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.dialogue.flow import Turn
from bot.dialogue.session import Session
from bot.dialogue.understanding import read_range
from bot.knowledge.content import Content
from bot.knowledge.rates import amount_range_text, term_text, years_text
from bot.messages import Entity

UNKNOWN = "未知"
TELLING = frozenset({"amount", "term", "years", "collateral"})
ENOUGH_TOLD = 3
NEED = ("industry", "purpose", "amount", "term", "years", "collateral")
LABELS = {
    "industry": "行业",
    "purpose": "用途",
    "amount": "金额",
    "term": "期限",
    "years": "经营年限",
    "collateral": "抵押",
    "product": "意向产品",
    "ukey_cause": "U盾问题",
    "cause": "排查结果",
    "risk": "风险",
    "elder": "客户情况",
    "article": "看过推文",
}

_NO_COLLATERAL = re.compile(
    r"((?<!有)没有?|莫得|没得|么得|木有|冇|无|不想|不要|不用|不需要|免)(什么|任何|可|啥)?(房产|房子|房)?(做|作)?(抵押|房产|房子|房本|担保)"
)
_COLLATERAL = re.compile(
    r"(有|拿|用|名下)[^没，。,]{0,6}(房产|房子|厂房|商铺|门面|住房|房本|套房|抵押物)|(房子|房产|厂房|商铺|门面)(倒是)?有(一|两|几|套|个)|(?<!没)(?<!没有)有抵押|房产抵押|房抵|抵押给"
)
_NEW_FIRM = re.compile(
    r"刚(开业|注册|成立|开张|办下?来?执照|起步)|新(开业|注册|成立)|(开|做|注册|成立)(没|不)(多)?久|不到一年|不满一年"
)
NEW_FIRM_YEARS = 0.5
_IN_BUSINESS = re.compile(
    r"(开|开店|干|做|搞|办|营业|执照|成立|注册|经营|开业|开张)(了|有|都|已经|快|差不多|大概|到现在)*$"
)
FEN_PER_WAN = 1_000_000
LEAST_MONTHS, MOST_MONTHS = 6, 60
_NUMBER = re.compile(r"\d{1,4}(\.\d+)?|[一二两三四五六七八九十]{1,3}")
_AROUND_NUMBER = re.compile(
    r"大概|大约|差不多|左右|上下|最多|至少|应该|估计|先|就|要|吧|个|来|的|那|啊|呢|样子|这样|[\s，,。.!！~]+(?!\d)"
)

# What any need may be called; it says less than every other purpose.
VAGUE_PURPOSE = "资金周转"


def without_need(session: Session) -> Session:
    """The session with all forgotten that he told about himself and his need, and what was picked for him by it."""
    told = {*NEED, "product", "cards", "card"}
    left = {name: value for name, value in session.slots.items() if name not in told}
    return replace(session.idle(), slots=left, paused=None)


def find_slots(turn: Turn) -> dict[str, Any]:
    """Every slot this message fills."""
    found: dict[str, Any] = {
        "industry": _industry(turn),
        "purpose": _purpose(turn),
        "collateral": _collateral(turn.text),
        "years": NEW_FIRM_YEARS if _NEW_FIRM.search(turn.text) else None,
    }
    for entity in turn.understanding.entities:
        if entity.kind == "amount":
            found.setdefault("amount", [entity.value["low_fen"], entity.value["high_fen"]])
        elif entity.kind == "term" and _is_age(turn.text, entity):
            found["years"] = entity.value["low_months"] / 12
        elif entity.kind == "term":
            found.setdefault("term", _months(entity))
        elif entity.kind == "product":
            found.setdefault("product", entity.value)
    return {name: value for name, value in found.items() if value is not None}


def bare_amount(text: str) -> list[int] | None:
    """[low, high] in fen of a number alone, where a sum was asked: 20, 二三十, 就20左右吧 mean so many 万."""
    digits = _bare_number(text)
    if digits is None:
        return None
    low, high = (round(number * FEN_PER_WAN) for number in read_range(digits))
    return [low, high] if low else None


def bare_months(text: str) -> int | None:
    """Months of a number alone, where a term was asked: 12, 十二. Small ones may be years, so they tell nothing."""
    digits = _bare_number(text)
    if digits is None:
        return None
    low, high = read_range(digits)
    return round(low) if low == high and LEAST_MONTHS <= low <= MOST_MONTHS else None


def _bare_number(text: str) -> str | None:
    """The figures of a text that holds nothing else."""
    found = _NUMBER.fullmatch(_AROUND_NUMBER.sub("", text))
    return found[0] if found else None


def told_years(turn: Turn) -> float | None:
    """The first span of time in the text as years in business, for when just that was asked; 三年多 counts as 3."""
    span = turn.understanding.entity("term")
    return span.value["low_months"] / 12 if span else None


def _is_age(text: str, span: Entity) -> bool:
    return span.role == "in_business" or _IN_BUSINESS.search(text[: span.start]) is not None


def _months(span: Entity) -> int:
    """A range is kept by its upper end; 一年多 is a year and not 23 months."""
    return int(span.value["low_months" if span.text.endswith("多") else "high_months"])


def tells_need(turn: Turn) -> bool:
    """True for 二三十万，周转半年，没有抵押: no verb of borrowing, and yet nothing else can be meant."""
    return len(TELLING & find_slots(turn).keys()) >= ENOUGH_TOLD


def slot_lines(slots: Mapping[str, Any], content: Content) -> list[tuple[str, str]]:
    """The slots as (label, value) for people, in a fixed order; a slot that is there but None reads 未知."""
    return [(LABELS[name], slot_text(name, slots[name], content)) for name in LABELS if name in slots]


def known_text(slots: Mapping[str, Any], content: Content) -> str:
    """What is known of the need, in one line: 采购备货、20万元、半年、没有抵押."""
    known = [_phrase(name, slots[name], content) for name in NEED if slots.get(name) is not None]
    return "、".join(known)


def _phrase(name: str, value: Any, content: Content) -> str:
    """A slot as it reads without its label."""
    text = slot_text(name, value, content)
    if name == "collateral":
        return f"{text}抵押"
    return {"term": "用", "years": "经营"}.get(name, "") + text


def slot_text(name: str, value: Any, content: Content) -> str:
    """A slot's value beside its label."""
    if value is None:
        return UNKNOWN
    if name == "amount":
        return amount_range_text(value[0], value[1])
    if name == "years":
        return years_text(round(value, 1))
    if name == "term":
        return term_text(value)
    fixed = {"collateral": "有房产" if value else "没有", "elder": "操作不熟，请慢慢讲", "article": f"《{value}》"}
    return fixed.get(name) or _named(value, content)


def _named(value: Any, content: Content) -> str:
    """The name of a trade or a product; other words stand for themselves."""
    names = {trade.code: trade.name for trade in content.industries}
    names |= content.product_names
    return names.get(value, str(value))


def _industry(turn: Turn) -> str | None:
    entity = turn.understanding.entity("industry")
    # 装修店面 tells what the money is for, not that the firm is a builder.
    if entity is not None and entity.text not in _purpose_words(turn):
        return str(entity.value)
    trades = turn.content.industries
    return next((trade.code for trade in trades if any(word in turn.text for word in trade.words)), None)


def _purpose(turn: Turn) -> str | None:
    purposes = turn.content.purposes.items()
    named = [name for name, words in purposes if any(word in turn.text for word in words)]
    telling = [name for name in named if name != VAGUE_PURPOSE]
    return "、".join(telling or named) or None


def _purpose_words(turn: Turn) -> frozenset[str]:
    return frozenset(word for words in turn.content.purposes.values() for word in words)


def _collateral(text: str) -> bool | None:
    if _NO_COLLATERAL.search(text):
        return False
    return True if _COLLATERAL.search(text) else None
