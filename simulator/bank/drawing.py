"""Draws by share, for the modules that make firms up."""

import random
from collections.abc import Mapping
from typing import TypeVar

Kind = TypeVar("Kind", str, int)


def draw(rng: random.Random, shares: Mapping[Kind, int]) -> Kind:
    """One of the keys, each as likely as its share of the whole."""
    return rng.choices(list(shares), list(shares.values()))[0]
