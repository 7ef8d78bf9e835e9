from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.account_ports import DayFigures, SentArticle
from bot.campaigns.chunks import Chunk
from bot.clock import FixedClock
from bot.db import Database
from bot.errors import BotError, NotReady, SendRefused, WechatBusy
from bot.results.article_figures import TakeFigures
from bot.results.model import ArticleDay
from tests.factories import MORNING
from tests.unit.results.rows import DAY, HOUR, add_campaign, add_people

SENT_ON = date(2026, 11, 24)
NEXT = date(2026, 11, 25)


class Figures:
    """The platform's answers by the day of the send; `asked` are the days it was asked for."""

    def __init__(self) -> None:
        self.told: dict[date, list[tuple[SentArticle, tuple[DayFigures, ...]]]] = {}
        self.error: BotError | None = None
        self.asked: list[date] = []

    def say(self, article: str, title: str, reads: Sequence[int], *, is_mass: bool = True) -> None:
        days = tuple(
            DayFigures(article, SENT_ON, SENT_ON + timedelta(days=number), count, count // 2)
            for number, count in enumerate(reads)
        )
        self.told[SENT_ON] = [(SentArticle(article, title, SENT_ON, is_mass, "https://mp/x"), days)]

    def sent_on(self, day: date) -> tuple[tuple[SentArticle, tuple[DayFigures, ...]], ...]:
        self.asked.append(day)
        if self.error is not None:
            raise self.error
        return tuple(self.told.get(day, ()))

    def of_day(self, day: date) -> Any:
        raise AssertionError(day)

    def follows_of_day(self, day: date) -> Any:
        raise AssertionError(day)


@pytest.fixture
def figures() -> Figures:
    return Figures()


def kept(database: Database) -> list[tuple[str, date, int, int, int, int]]:
    with database.reading() as session:
        rows = session.scalars(select(ArticleDay).order_by(ArticleDay.article, ArticleDay.day))
        return [(row.article, row.day, row.campaign_id, row.variant, row.read_users, row.share_users) for row in rows]


def sent(database: Database) -> int:
    add_people(database, 1, 2, 3, 4)
    return add_campaign(database, {1: [1, 2], 2: [3, 4]}, titles=("甲", "乙"))


def test_figures_are_taken_the_next_morning_after_eight_and_once_a_day(
    database: Database, clock: FixedClock, figures: Figures
) -> None:
    campaign = sent(database)
    figures.say(f"D{campaign}2_1", "乙", [40, 9])
    take = TakeFigures(database, figures, clock)

    assert take.run() == 0  # the day is not over
    clock.at = MORNING + 21 * HOUR  # 7:00
    assert take.run() == 0
    clock.at = MORNING + 22 * HOUR  # 8:00
    assert take.run() == 1
    clock.at = MORNING + 30 * HOUR
    assert take.run() == 0

    assert figures.asked == [SENT_ON]
    assert kept(database) == [
        (f"D{campaign}2_1", SENT_ON, campaign, 2, 40, 20),
        (f"D{campaign}2_1", NEXT, campaign, 2, 9, 4),
    ]


def test_newer_figures_replace_what_was_known(database: Database, clock: FixedClock, figures: Figures) -> None:
    campaign = sent(database)
    take = TakeFigures(database, figures, clock)
    clock.at = MORNING + DAY
    figures.say(f"D{campaign}1_1", "甲", [40])
    take.run()
    clock.at = MORNING + 2 * DAY
    figures.say(f"D{campaign}1_1", "甲", [44, 3])
    take.run()

    assert [row[4] for row in kept(database)] == [44, 3]


@pytest.mark.parametrize("error", [NotReady(), WechatBusy(reason="-1"), SendRefused(reason="48001")])
def test_what_is_not_ready_is_asked_again_half_an_hour_later(
    database: Database, clock: FixedClock, figures: Figures, error: BotError
) -> None:
    campaign = sent(database)
    figures.say(f"D{campaign}1_1", "甲", [40])
    take, figures.error = TakeFigures(database, figures, clock), error
    clock.at = MORNING + DAY
    assert take.run() == 0
    figures.error = None
    clock.advance(timedelta(minutes=29).total_seconds())
    assert take.run() == 0
    clock.advance(timedelta(minutes=1).total_seconds())

    assert take.run() == 1
    assert [row[4] for row in kept(database)] == [40]


def test_after_thirty_days_the_figures_are_final(database: Database, clock: FixedClock, figures: Figures) -> None:
    sent(database)
    take = TakeFigures(database, figures, clock)
    clock.at = MORNING + 30 * DAY
    assert take.run() == 1
    clock.at = MORNING + 31 * DAY
    assert take.run() == 0


def test_a_chunk_without_an_id_is_found_by_its_title(database: Database, clock: FixedClock, figures: Figures) -> None:
    campaign = sent(database)
    with database.transaction() as session:
        for chunk in session.scalars(select(Chunk)):
            chunk.data_id = None
    figures.say("77_1", "甲", [5])
    clock.at = MORNING + DAY

    TakeFigures(database, figures, clock).run()

    assert [row[2:5] for row in kept(database)] == [(campaign, 1, 5)]


@pytest.mark.parametrize(("title", "is_mass", "twice"), [("丙", True, False), ("甲", False, False), ("甲", True, True)])
def test_what_may_be_somebody_elses_is_left_alone(
    database: Database, clock: FixedClock, figures: Figures, title: str, is_mass: bool, twice: bool
) -> None:
    sent(database)
    if twice:
        add_campaign(database, {1: [1, 2]}, titles=("甲",))
    with database.transaction() as session:
        for chunk in session.scalars(select(Chunk)):
            chunk.data_id = None
    figures.say("77_1", title, [5], is_mass=is_mass)
    clock.at = MORNING + DAY

    TakeFigures(database, figures, clock).run()

    assert kept(database) == []
