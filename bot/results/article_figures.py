"""The platform's figures of articles, taken once a day after eight in the morning for everything we sent in the last
thirty days; after that they are final. What is not ready is asked again half an hour later.

One call for each day on which something was sent (datacube/getarticletotaldetail); every answer replaces what was known
of these days, so that taking it twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.account_ports import ArticleFigures, DayFigures, SentArticle
from bot.articles.model import ArticleVersion
from bot.campaigns.chunks import LEFT, Chunk
from bot.campaigns.model import CampaignVariant
from bot.clock import Clock, local, local_day
from bot.db import Database
from bot.errors import NotReady, OutcomeUnknown, PlatformMisconfigured, SendRefused, WechatBusy
from bot.reports.clocks import day_bounds
from bot.results.model import ArticleDay, FigureDay
from bot.results.rules import ASK_AGAIN_AFTER, FIGURES_FOR_DAYS, READY_AT_HOUR, Scene

log = structlog.get_logger()

LATER = (NotReady, WechatBusy, OutcomeUnknown, SendRefused, PlatformMisconfigured)
Told = Sequence[tuple[SentArticle, Sequence[DayFigures]]]


@dataclass(frozen=True)
class TakeFigures:
    """Takes what is due."""

    database: Database
    figures: ArticleFigures
    clock: Clock

    def run(self) -> int:
        """Take the figures of every day that is due; of how many days there were some."""
        now = self.clock.now()
        if local(now).hour < READY_AT_HOUR:
            return 0
        taken = 0
        for day in self._due(now):
            try:
                told = self.figures.sent_on(day)
            except LATER as error:
                log.warning("article_figures_later", sent_on=str(day), why=type(error).__name__)
                self._asked(day, now)
                continue
            with self.database.transaction() as session:
                keep(session, day, told, now)
            taken += 1
        return taken

    def _due(self, now: datetime) -> list[date]:
        """Days on which something of ours left, that were not taken today; the newest first."""
        today = local_day(now)
        first = today - timedelta(days=FIGURES_FOR_DAYS)
        with self.database.reading() as session:
            sent_at = session.scalars(
                select(Chunk.accepted_at).where(
                    Chunk.state.in_(LEFT),
                    Chunk.accepted_at >= day_bounds(first)[0],
                    Chunk.accepted_at < day_bounds(today)[0],
                )
            )
            days = {local_day(at) for at in sent_at if at is not None}
            known = {row.sent_on: row for row in session.scalars(select(FigureDay).where(FigureDay.sent_on >= first))}
        return [day for day in sorted(days, reverse=True) if _is_due(known.get(day), now)]

    def _asked(self, day: date, now: datetime) -> None:
        with self.database.transaction() as session:
            row = session.get(FigureDay, day) or FigureDay(sent_on=day)
            row.asked_at = now
            session.add(row)


def keep(session: Session, sent_on: date, told: Told, now: datetime) -> None:
    """Write what the platform counted of the articles of one day that are ours."""
    scenes = _scenes(session, sent_on, [article for article, _ in told])
    for article, days in told:
        scene = scenes.get(article.article)
        if scene is None:
            continue
        known = {
            row.day: row for row in session.scalars(select(ArticleDay).where(ArticleDay.article == article.article))
        }
        for one in days:
            row = known.get(one.day) or ArticleDay(article=article.article, day=one.day)
            row.campaign_id, row.variant = scene.campaign_id, scene.variant
            row.read_users, row.share_users, row.taken_at = one.read_users, one.share_users, now
            session.add(row)
    row_of_day = session.get(FigureDay, sent_on) or FigureDay(sent_on=sent_on)
    row_of_day.taken_on, row_of_day.asked_at = local_day(now), now
    session.add(row_of_day)


def _is_due(row: FigureDay | None, now: datetime) -> bool:
    return row is None or (row.taken_on != local_day(now) and now - row.asked_at >= ASK_AGAIN_AFTER)


def _scenes(session: Session, sent_on: date, articles: Sequence[SentArticle]) -> dict[str, Scene]:
    """Which of the articles are of which variant: by the id we were told when it was accepted; where a repeat told us
    none (45065), by its title, when only one variant of that day has it.
    """
    start, end = day_bounds(sent_on)
    left = (
        select(Chunk.data_id, Chunk.campaign_id, Chunk.variant, ArticleVersion.title)
        .join(
            CampaignVariant,
            (CampaignVariant.campaign_id == Chunk.campaign_id) & (CampaignVariant.number == Chunk.variant),
        )
        .join(ArticleVersion, ArticleVersion.id == CampaignVariant.article_version_id)
        .where(Chunk.state.in_(LEFT), Chunk.accepted_at >= start, Chunk.accepted_at < end)
    )
    by_id: dict[str, Scene] = {}
    nameless: dict[str, set[Scene]] = {}
    for data_id, campaign_id, variant, title in session.execute(left):
        if data_id is not None:
            by_id[data_id] = Scene(campaign_id, variant)
        else:
            nameless.setdefault(title, set()).add(Scene(campaign_id, variant))
    found: dict[str, Scene] = {}
    for one in articles:
        mine = by_id.get(one.article.rpartition("_")[0])
        titled = nameless.get(one.title, set())
        if mine is not None:
            found[one.article] = mine
        elif one.is_mass and len(titled) == 1:
            found[one.article] = next(iter(titled))
    return found
