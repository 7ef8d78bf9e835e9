"""Showing an article to named testers before anybody else sees it. The platform allows a hundred previews a day."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.account_ports import Account
from bot.articles.drafts import ArticleDrafts
from bot.articles.model import ArticlePreview, ArticleTester, PreviewOutcome
from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import Clock, local_day
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import NotFound, OutcomeUnknown, PreviewsUsedUp, RetryLater, SendRefused

log = structlog.get_logger()

# message/mass/preview: 100 a day.
A_DAY = 100


@dataclass(frozen=True)
class ArticlePreviews:
    """Testers, and what they are shown."""

    database: Database
    account: Account
    clock: Clock
    drafts: ArticleDrafts

    def add_tester(self, openid: str, label: str, doer: Doer) -> ArticleTester:
        """Make a follower a tester, or rename one. Raises NotFound for an openid that does not follow us."""
        now = self.clock.now()
        with self.database.transaction() as session:
            follower = session.scalars(select(Follower).where(Follower.openid == openid)).first()
            if follower is None or not follower.is_following or follower.erased_at is not None:
                raise NotFound(openid=openid)
            tester = session.scalars(select(ArticleTester).where(ArticleTester.follower_id == follower.id)).first()
            if tester is None:
                tester = ArticleTester(follower_id=follower.id, added_by=doer.username, added_at=now)
                session.add(tester)
                note(session, now, doer, Act.TESTER_ADDED, Thing("follower", follower.id, follower.id))
            tester.label = label
        return tester

    def remove_tester(self, tester_id: int, doer: Doer) -> None:
        """Show him nothing any more. A repeat is safe."""
        with self.database.transaction() as session:
            tester = session.get(ArticleTester, tester_id)
            if tester is not None:
                thing = Thing("follower", tester.follower_id, tester.follower_id)
                note(session, self.clock.now(), doer, Act.TESTER_REMOVED, thing)
                session.delete(tester)

    def send(self, version_id: int, tester_ids: Sequence[int], doer: Doer) -> dict[int, PreviewOutcome]:
        """Show a version to these testers; what became of each. Raises NotFound, PreviewsUsedUp, UnfitContent, and as
        ArticleDrafts.ensure.
        """
        with self.database.reading() as session:
            testers = session.scalars(select(ArticleTester).where(ArticleTester.id.in_(tester_ids))).all()
        if len(testers) != len(set(tester_ids)):
            raise NotFound(testers=list(tester_ids))
        media_id = self.drafts.ensure_preview(version_id)
        rows = self._reserved(version_id, testers, doer)
        return {tester.id: self._shown(row, media_id) for tester, row in zip(testers, rows, strict=True)}

    def _reserved(
        self, version_id: int, testers: Sequence[ArticleTester], doer: Doer
    ) -> list[tuple[ArticlePreview, str]]:
        """A row for each before it is sent: what nobody knows the end of counts too."""
        now = self.clock.now()
        with self.database.transaction() as session:
            remain = A_DAY - used_today(session, self.clock)
            if len(testers) > remain:
                raise PreviewsUsedUp(remain=max(remain, 0))
            rows = []
            for tester in testers:
                row = ArticlePreview(
                    version_id=version_id,
                    follower_id=tester.follower_id,
                    day=local_day(now),
                    at=now,
                    username=doer.username,
                    outcome=PreviewOutcome.UNKNOWN,
                )
                session.add(row)
                thing = Thing("article_version", version_id, tester.follower_id)
                note(session, now, doer, Act.ARTICLE_PREVIEWED, thing)
                rows.append((row, session.get_one(Follower, tester.follower_id).openid))
        return rows

    def _shown(self, reserved: tuple[ArticlePreview, str], media_id: str) -> PreviewOutcome:
        row, openid = reserved
        try:
            self.account.mass.preview(openid, media_id)
            outcome = PreviewOutcome.SENT
        except (SendRefused, RetryLater) as refused:
            log.warning("preview_refused", version_id=row.version_id, errcode=refused.fields.get("reason"))
            outcome = PreviewOutcome.REFUSED
        except OutcomeUnknown:
            return PreviewOutcome.UNKNOWN
        with self.database.transaction() as session:
            session.get_one(ArticlePreview, row.id).outcome = outcome
        return outcome


def used_today(session: Session, clock: Clock) -> int:
    """How many of the day's previews are used."""
    today = (ArticlePreview.day == local_day(clock.now())) & (ArticlePreview.outcome != PreviewOutcome.REFUSED)
    return session.scalar(select(func.count()).select_from(ArticlePreview).where(today)) or 0
