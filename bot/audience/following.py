"""Followers the platform knows and we do not: whoever followed before this product did, and whose push was lost. A walk
through the platform's list writes them down, page by page, so that audiences are complete.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.account_ports import FollowerList
from bot.audience.model import FollowerSync
from bot.clock import Clock
from bot.customers.model import Follower
from bot.customers.service import label_of
from bot.db import Database

log = structlog.get_logger()

EVERY = timedelta(days=1)
# 500 calls a day are allowed, for everything that reads the list (usermanage/userInfo/api_getfans).
PAGES_AT_ONCE = 5
ROWS_AT_ONCE = 1_000
SOURCE = "platform_list"


@dataclass(frozen=True)
class Following:
    """The walk. `listed` is the platform's list."""

    database: Database
    listed: FollowerList
    clock: Clock

    def sync(self) -> int:
        """Take the next pages of today's walk; how many followers were new. Nothing once it is through. A walk that
        broke off goes on at its page; a page taken twice changes nothing. Raises WechatBusy, SendRefused.
        """
        added = 0
        for _ in range(PAGES_AT_ONCE):
            walk = self._walk()
            if walk is None:
                return added
            sync_id, after = walk
            openids, following = self.listed.page(after)
            fresh = self._take(sync_id, after, openids, following)
            added += fresh
            if not following:
                log.info("followers_synced", added=added)
                return added
        return added

    def _walk(self) -> tuple[int, str] | None:
        """The walk that is under way, or a new one when the last began long ago."""
        now = self.clock.now()
        with self.database.transaction() as session:
            last = session.scalars(select(FollowerSync).order_by(FollowerSync.id.desc()).limit(1)).first()
            if last is not None and last.finished_at is not None and now - last.started_at < EVERY:
                return None
            if last is None or last.finished_at is not None:
                last = FollowerSync(started_at=now)
                session.add(last)
                session.flush()
            return last.id, last.after

    def _take(self, sync_id: int, after: str, openids: tuple[str, ...], following: str) -> int:
        now = self.clock.now()
        added = 0
        for start in range(0, len(openids), ROWS_AT_ONCE):
            with self.database.transaction() as session:
                added += _write_down(session, openids[start : start + ROWS_AT_ONCE], self.clock)
        with self.database.transaction() as session:
            row = session.scalars(select(FollowerSync).where(FollowerSync.id == sync_id).with_for_update()).one()
            if row.after != after or row.finished_at is not None:
                # Another worker took the same page.
                return added
            row.pages, row.seen, row.added = row.pages + 1, row.seen + len(openids), row.added + added
            row.after = following
            row.finished_at = None if following else now
        return added


def _write_down(session: Session, openids: tuple[str, ...], clock: Clock) -> int:
    now = clock.now()
    here = Follower.openid.in_(openids)
    known = session.scalar(select(func.count()).select_from(Follower).where(here)) or 0
    back = update(Follower).where(here, Follower.is_following.is_(False))
    session.execute(
        back.values(is_following=True, unfollowed_at=None), execution_options={"synchronize_session": False}
    )
    if known == len(openids):
        return 0
    rows = [
        {
            "openid": one,
            "label": label_of(one),
            "is_following": True,
            "source": SOURCE,
            "first_seen_at": now,
            "last_seen_at": now,
            "identity_level": 1,
        }
        for one in openids
    ]
    into = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # His first message may write him down in the same moment.
    done = session.execute(into(Follower).values(rows).on_conflict_do_nothing(index_elements=[Follower.openid]))
    return max(int(done.rowcount), 0)  # type: ignore[attr-defined]
