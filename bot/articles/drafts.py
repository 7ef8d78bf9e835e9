"""Drafts at the platform: exactly the content of a version, one for each purpose, never added twice."""

from dataclasses import dataclass

from bot.account_ports import Account
from bot.clock import Clock
from bot.db import Database


@dataclass(frozen=True)
class ArticleDrafts:
    """Keeps drafts in step with versions. No call of it may stand inside a transaction."""

    database: Database
    account: Account
    clock: Clock

    def ensure(self, version_id: int, purpose: str, source_url: str = "", *, scene: str = "") -> str:
        """The media id of a draft that holds exactly this sealed version."""
        raise NotImplementedError
