"""Whose customer a follower is: a supervisor's choice stands until he ends it, whatever the bank says meanwhile.

The only writer of Follower.dedicated_rep: called by service.py for the bank and by bot/desks/dedication.py for
supervisors.
"""

from bot.customers.model import Follower


def name_by_bank(follower: Follower, username: str | None) -> None:
    """The bank names this rep, or none any more."""
    follower.bank_rep = username
    _settle(follower)


def choose(follower: Follower, username: str) -> None:
    """A supervisor chose this rep."""
    follower.chosen_rep = username
    _settle(follower)


def end(follower: Follower, username: str) -> None:
    """He is this rep's no more, whoever named him: the bank's is used again if it is another."""
    follower.chosen_rep = None if follower.chosen_rep == username else follower.chosen_rep
    follower.bank_rep = None if follower.bank_rep == username else follower.bank_rep
    _settle(follower)


def forget(follower: Follower) -> None:
    """Nobody's, as when he was first seen."""
    follower.chosen_rep = follower.bank_rep = None
    _settle(follower)


def _settle(follower: Follower) -> None:
    follower.dedicated_rep = follower.chosen_rep or follower.bank_rep
