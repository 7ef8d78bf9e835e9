"""Sends the bank's people made in the platform's own console. They count among a follower's four like ours, so they are
found by receipts and figures, and booked.

A send to nearly everybody is booked for everybody at once. Whom a smaller one went to only people know: they name a
segment, or say that it reached nobody who counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.account_ports import ArticleFigures, SentArticle
from bot.campaigns.acting import BY_ITSELF
from bot.campaigns.chunks import Chunk, MassReceipt
from bot.campaigns.judging import prepare
from bot.campaigns.ledger import MESSAGES_A_MONTH, MassMessage, OutsideSend, OutsideState
from bot.campaigns.model import CampaignVariant
from bot.campaigns.neighbours import Neighbours
from bot.clock import BANK_ZONE, Clock, local, local_day
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import CampaignStateConflict, NotFound, NotReady

# Figures of a day are ready the next morning after eight.
READY_AT_HOUR = 8
LOOK_BACK_DAYS = 3
OURS_IF_WITHIN = timedelta(hours=1)
NEARLY_EVERYBODY = 0.9
_BY_JOB = "job:"


@dataclass(frozen=True)
class OutsideSends:
    """Finding and booking them."""

    database: Database
    clock: Clock
    neighbours: Neighbours

    def find(self, figures: ArticleFigures) -> int:
        """Look at the last days' receipts and figures; how many sends are new. A repeat finds none."""
        now = self.clock.now()
        with self.database.transaction() as session:
            new = sum(self._receive(session, one, now) for one in _foreign_receipts(session, now))
        if local(now).hour < READY_AT_HOUR:
            return new
        for days in range(1, LOOK_BACK_DAYS + 1):
            day = local_day(now) - timedelta(days=days)
            try:
                sent = [article for article, _ in figures.sent_on(day) if article.is_mass]
            except NotReady:
                continue
            with self.database.transaction() as session:
                new += sum(self._take(session, one, now) for one in sent)
        return new

    def book(self, outside_id: int, segment_id: int, username: str) -> int:
        """Book it for a segment, as it holds followers now; how many had a message left. Raises NotFound,
        CampaignStateConflict when it was decided already.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _open(session, outside_id)
            prepare(session)
            held = select(Follower.id).where(self.neighbours.who(session, segment_id, now))
            row.booked = _book(session, row, held)
            row.state, row.segment_id = OutsideState.BOOKED, segment_id
            row.decided_by, row.decided_at = username, now
            return row.booked

    def set_aside(self, outside_id: int, username: str) -> None:
        """It reached nobody who counts: testers only. Raises NotFound, CampaignStateConflict."""
        with self.database.transaction() as session:
            row = _open(session, outside_id)
            row.state, row.decided_by, row.decided_at = OutsideState.NOBODY, username, self.clock.now()

    def _receive(self, session: Session, receipt: MassReceipt, now: datetime) -> int:
        key = f"{_BY_JOB}{receipt.job_id}"
        if session.scalar(select(OutsideSend.id).where(OutsideSend.article.in_([key]))) is not None:
            return 0
        self._keep(
            session,
            OutsideSend(article=key, title="", url="", sent_on=local_day(receipt.at), targets=receipt.total),
            now,
        )
        return 1

    def _take(self, session: Session, article: SentArticle, now: datetime) -> int:
        data_id = article.article.rpartition("_")[0] or article.article
        if _is_ours(session, data_id) or _becomes_ours(session, article, data_id, self.neighbours):
            return 0
        if session.scalar(select(OutsideSend.id).where(OutsideSend.article == data_id)) is not None:
            return 0
        known = _of_receipt(session, article)
        if known is not None:
            known.article, known.title, known.url = data_id, article.title, article.url
            return 0
        row = OutsideSend(article=data_id, title=article.title, url=article.url, sent_on=article.sent_on)
        self._keep(session, row, now)
        return 1

    def _keep(self, session: Session, row: OutsideSend, now: datetime) -> None:
        row.found_at, row.state, row.booked = now, OutsideState.OPEN, 0
        session.add(row)
        session.flush()
        following = select(Follower.id).where(Follower.is_following, Follower.erased_at.is_(None))
        everybody = session.scalar(select(func.count()).select_from(following.subquery())) or 0
        if row.targets is not None and everybody and row.targets >= NEARLY_EVERYBODY * everybody:
            row.booked = _book(session, row, following)
            row.state, row.decided_by, row.decided_at = OutsideState.BOOKED, BY_ITSELF, now


def listed(session: Session, limit: int = 50) -> Sequence[OutsideSend]:
    """Those to be decided first, then the newest."""
    is_decided = case((OutsideSend.state == OutsideState.OPEN, 0), else_=1)
    order = select(OutsideSend).order_by(is_decided, OutsideSend.sent_on.desc(), OutsideSend.id.desc())
    return session.scalars(order.limit(limit)).all()


def _foreign_receipts(session: Session, now: datetime) -> list[MassReceipt]:
    """Of jobs that none of ours is; ours may still be waiting for its answer within the hour."""
    ours = select(Chunk.id).where(Chunk.job_id == MassReceipt.job_id)
    lately = (MassReceipt.at < now - OURS_IF_WITHIN) & (MassReceipt.at > now - timedelta(days=LOOK_BACK_DAYS))
    return list(session.scalars(select(MassReceipt).where(lately, ~ours.exists()).order_by(MassReceipt.at)))


def _is_ours(session: Session, data_id: str) -> bool:
    return session.scalar(select(Chunk.id).where(Chunk.data_id == data_id).limit(1)) is not None


def _becomes_ours(session: Session, article: SentArticle, data_id: str, asked: Neighbours) -> bool:
    """A repeat the platform recognised is answered without its data id: found by day and title."""
    begins = datetime.combine(article.sent_on, datetime.min.time(), BANK_ZONE)
    without = (
        select(Chunk, CampaignVariant.article_version_id)
        .join(
            CampaignVariant,
            (CampaignVariant.campaign_id == Chunk.campaign_id) & (CampaignVariant.number == Chunk.variant),
        )
        .where(Chunk.data_id.is_(None), Chunk.accepted_at >= begins, Chunk.accepted_at < begins + timedelta(days=1))
        .order_by(Chunk.id)
    )
    for chunk, version_id in session.execute(without):
        try:
            title = asked.frozen(session, version_id).title
        except NotFound:
            continue
        if title == article.title:
            chunk.data_id = data_id
            session.flush()
            return True
    return False


def _of_receipt(session: Session, article: SentArticle) -> OutsideSend | None:
    """Figures name the article and its day, receipts the job and how many: the day's first that has no name yet."""
    by_job = OutsideSend.article.startswith(_BY_JOB, autoescape=True)
    that_day = select(OutsideSend).where(by_job, OutsideSend.sent_on == article.sent_on)
    return session.scalars(that_day.order_by(OutsideSend.id)).first()


def _open(session: Session, outside_id: int) -> OutsideSend:
    row = session.get(OutsideSend, outside_id, with_for_update=True)
    if row is None:
        raise NotFound(outside_id=outside_id)
    if row.state is not OutsideState.OPEN:
        raise CampaignStateConflict(state=row.state.value)
    return row


def _book(session: Session, row: OutsideSend, held: object) -> int:
    """One message of that month for each of them who has one left; how many."""
    month = row.sent_on.year * 100 + row.sent_on.month
    bits = func.sum(
        case(*((MassMessage.place == one, 1 << (one - 1)) for one in range(1, MESSAGES_A_MONTH + 1)), else_=0)
    )
    taken = (
        select(MassMessage.follower_id, bits.label("bits"))
        .where(MassMessage.month == month)
        .group_by(MassMessage.follower_id)
        .subquery()
    )
    place = case(
        (taken.c.bits.is_(None), 1),
        *((taken.c.bits.bitwise_and(1 << (one - 1)) == 0, one) for one in range(1, MESSAGES_A_MONTH + 1)),
    )
    at = datetime.combine(row.sent_on, datetime.min.time(), BANK_ZONE)
    rows = (
        select(Follower.id, literal(month), place, literal(row.id), literal(at, MassMessage.at.type))
        .outerjoin(taken, taken.c.follower_id == Follower.id)
        .where(Follower.id.in_(held), place.is_not(None))  # type: ignore[arg-type]
    )
    insert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(MassMessage)
    into = ("follower_id", "month", "place", "outside_id", "at")
    return int(session.execute(insert.from_select(into, rows).on_conflict_do_nothing()).rowcount)  # type: ignore[attr-defined]
