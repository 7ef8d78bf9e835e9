"""Parses to decide about, and the use cases over them."""

import pytest

from bot.clock import FixedClock
from bot.db import Database
from bot.handoff.model import Conversation, Owner
from bot.learning.service import Learning
from tests.factories import add_waiting

INTENTS = ("e_receipt", "reconciliation", "loan_rate")


@pytest.fixture
def chat(database: Database) -> int:
    """A conversation the bot has."""
    found = add_waiting(database)
    with database.transaction() as session:
        session.get_one(Conversation, found).owner = Owner.BOT
    return found


@pytest.fixture
def learning(database: Database, clock: FixedClock) -> Learning:
    return Learning(database, clock, INTENTS.__contains__)
