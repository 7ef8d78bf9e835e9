"""Precision, recall and F1 of entities over exact normal values; pure functions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.gold import GoldEntities

Key = tuple[str, str, str]


@dataclass(frozen=True)
class EntityScore:
    """How well one kind is found; `gold` is how many of it the texts hold."""

    kind: str
    gold: int
    precision: float
    recall: float
    f1: float


def entity_scores(messages: Sequence[GoldEntities], found: Sequence[list[dict[str, Any]]]) -> list[EntityScore]:
    """One score for each kind that the gold annotates, by name.

    An entity is right when kind, value and role are. A gold file without any role leaves out what has one (the age of a
    firm), so there a found role is neither right nor wrong.
    """
    has_roles = any(entity.get("role") for message in messages for entity in message.entities)
    right, wanted, named = Counter[str](), Counter[str](), Counter[str]()
    for message, entities in zip(messages, found, strict=True):
        gold = _keys(message.entities)
        guessed = _keys(one for one in entities if has_roles or not one.get("role"))
        for counts, keys in ((right, gold & guessed), (wanted, gold), (named, guessed)):
            for (kind, _, _), count in keys.items():
                counts[kind] += count
    return [
        EntityScore(
            kind,
            count,
            right[kind] / named[kind] if named[kind] else 0.0,
            right[kind] / count,
            2 * right[kind] / (count + named[kind]),
        )
        for kind, count in sorted(wanted.items())
    ]


def _keys(entities: Iterable[dict[str, Any]]) -> Counter[Key]:
    return Counter(
        (one["entity"], one.get("role") or "", json.dumps(one["value"], sort_keys=True, ensure_ascii=False))
        for one in entities
    )
