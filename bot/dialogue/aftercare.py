"""What happens after a chat: the rating, asked once, and the bank's news that the matter came to its end."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.customers.model import BankFact, Follower
from bot.customers.service import find_follower
from bot.db import Database
from bot.delivery.model import Delivery, Sender
from bot.delivery.service import Deliverer, queue
from bot.dialogue import choices
from bot.errors import SendRefused
from bot.followups.service import promise
from bot.handoff import queries
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.transitions import close_by_bot, get_locked
from bot.knowledge import hours
from bot.knowledge.content import Content
from bot.knowledge.live import Contents
from bot.knowledge.rates import amount_text
from bot.messages import Choice, Reply
from bot.transcripts.model import Speaker
from bot.transcripts.service import add_line

RATING_FLOW = "rate"
_NUMBER = re.compile(r"[0-9]{1,18}")
RATINGS = ((5, "非常满意"), (4, "满意"), (3, "一般"), (2, "不太满意"), (1, "不满意"))
GOOD = 4
FOLLOWUP_AFTER_OPENING = timedelta(hours=1)
NEWS = {
    "drawdown_paid": "news_drawdown_paid",
    "points_redeemed": "news_points_redeemed",
    "certificate_activated": "news_certificate",
}
NEWS_OUTCOME = {
    "drawdown_paid": Outcome.DRAWN,
    "points_redeemed": Outcome.REDEEMED,
    "certificate_activated": Outcome.LOGGED_IN,
}


@dataclass(frozen=True)
class BankNews:
    """One signed fact of the bank."""

    event_id: str
    type: str
    openid: str | None
    firm_id: str | None
    amount_fen: int | None
    due_on: str | None
    occurred_at: datetime


@dataclass(frozen=True)
class Aftercare:
    """Messages that nobody asked for this minute, but that belong to a matter the customer has with us."""

    database: Database
    deliverer: Deliverer
    contents: Contents
    clock: Clock

    def ask_rating(self, conversation_id: int) -> None:
        """Ask once per conversation, if a message may still be sent; silence otherwise. Safe to repeat."""
        now = self.clock.now()
        content = self._content(now)
        with self.database.transaction() as session:
            row = session.get_one(Conversation, conversation_id, with_for_update=True)
            if row.rating_asked_at is not None or row.accepted_at is None:
                return
            row.rating_asked_at = now
            lines = tuple(Choice(f"{RATING_FLOW}:{row.id}:{stars}", label) for stars, label in RATINGS)
            asked = content.say("rating_ask")
            delivery_id = _say(session, row, Reply(asked.text, lines, source=asked.source), now)
        if delivery_id is not None:
            self.deliverer.send(delivery_id)

    def promise_followup(self, conversation_id: int, username: str, note: str) -> None:
        """A chat that ended with "call again": a promise of the same rep, due an hour after the desk opens next."""
        now = self.clock.now()
        content = self._content(now)
        with self.database.transaction() as session:
            row = session.get_one(Conversation, conversation_id)
            skill = content.skills[row.skill or "general"]
            promised = promise(
                session,
                follower_id=row.follower_id,
                conversation_id=row.id,
                skill=skill.id,
                reason=note or row.reason or "结束时约定回访",
                phone=session.get_one(Follower, row.follower_id).phone,
                due_at=hours.next_opening(now, skill) + FOLLOWUP_AFTER_OPENING,
                now=now,
            )
            promised.owner = username

    def end_waits(self) -> int:
        """Customers still in line when their desk closes get a call promised instead of silence; how many.

        Called by the timer; each conversation is its own transaction. Safe to repeat.
        """
        now = self.clock.now()
        content = self._content(now)
        with self.database.reading() as session:
            line = [(row.id, row.skill or "general") for row in queries.waiting(session)]
        ended = 0
        for conversation_id, skill in line:
            if hours.is_open(now, content.skills[skill]):
                continue
            delivery_id = self._end_wait(conversation_id, content, now)
            ended += 1
            if delivery_id is not None:
                self.deliverer.send(delivery_id)
        return ended

    def _content(self, now: datetime) -> Content:
        """Notices say the same in every region."""
        return self.contents.for_branch(now, None)

    def _end_wait(self, conversation_id: int, content: Content, now: datetime) -> int | None:
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            if row.owner is not Owner.QUEUED:
                return None
            skill = content.skills[row.skill or "general"]
            opens = hours.next_opening(now, skill)
            due_at = opens + FOLLOWUP_AFTER_OPENING
            promise(
                session,
                follower_id=row.follower_id,
                conversation_id=row.id,
                skill=skill.id,
                reason=row.reason or "下班时仍在排队",
                phone=session.get_one(Follower, row.follower_id).phone,
                due_at=due_at,
                now=now,
            )
            close_by_bot(session, row, Outcome.FOLLOWUP, now)
            told = hours.moment_text(due_at, now)
            return _say(session, row, content.say("wait_ended", desk=skill.name, time=told), now)

    def take_news(self, news: BankNews) -> bool:
        """Keep a fact of the bank once, close its matter and tell the customer; False for a repeat. Safe to repeat."""
        now = self.clock.now()
        content = self._content(now)
        try:
            with self.database.transaction() as session:
                delivery_id = self._take(session, news, content, now)
        except IntegrityError:
            return False
        if delivery_id is not None:
            self.deliverer.send(delivery_id)
        return True

    def _take(self, session: Session, news: BankNews, content: Content, now: datetime) -> int | None:
        follower = _follower_of(session, news)
        fact = BankFact(
            event_id=news.event_id,
            type=news.type,
            firm_id=news.firm_id or (follower.firm_id if follower else None),
            follower_id=follower.id if follower else None,
            amount_fen=news.amount_fen,
            occurred_at=news.occurred_at,
            received_at=now,
        )
        session.add(fact)
        session.flush()
        row = _latest(session, follower.id) if follower and follower.is_following else None
        if row is None or news.type not in NEWS:
            return None
        if row.owner is Owner.CLOSED:
            row.outcome = NEWS_OUTCOME[news.type]
        amount = amount_text(news.amount_fen) if news.amount_fen else ""
        return _say(session, row, content.say(NEWS[news.type], amount=amount, due=news.due_on or "以合同为准"), now)


def take_rating(session: Session, follower_id: int, choice: str | None, content: Content) -> Reply | None:
    """Store a tapped rating, the first one only; the thanks to say, or None when the tap was no rating of his own
    chat.
    """
    flow, rest = choices.split(choice or "")
    conversation_id, _, stars = rest.partition(":")
    if flow != RATING_FLOW or not (
        _NUMBER.fullmatch(conversation_id) and stars in {str(number) for number, _ in RATINGS}
    ):
        return None
    row = session.get(Conversation, int(conversation_id))
    if row is None or row.follower_id != follower_id:
        return None
    row.rating = row.rating or int(stars)
    return content.say("rating_thanks" if row.rating >= GOOD else "rating_sorry")


def _say(session: Session, row: Conversation, reply: Reply, now: datetime) -> int | None:
    """Queue one notice with its line; None when the platform's window is shut, which the line then says."""
    detail = {"choices": [[choice.id, choice.text] for choice in reply.choices], "source": reply.source}
    try:
        delivery: Delivery = queue(
            session, follower_id=row.follower_id, conversation_id=row.id, sender=Sender.NOTICE, reply=reply, now=now
        )
    except SendRefused as refused:
        add_line(
            session,
            row.id,
            Speaker.SYSTEM,
            reply.text,
            now,
            kind="notice",
            detail=detail | {"not_sent": refused.fields["reason"]},
        )
        return None
    add_line(session, row.id, Speaker.SYSTEM, reply.text, now, kind="notice", detail=detail, delivery_id=delivery.id)
    return delivery.id


def _follower_of(session: Session, news: BankNews) -> Follower | None:
    if news.openid:
        return find_follower(session, news.openid)
    if not news.firm_id:
        return None
    bound = select(Follower).where(Follower.firm_id == news.firm_id).order_by(Follower.last_seen_at.desc())
    return session.scalars(bound).first()


def _latest(session: Session, follower_id: int) -> Conversation | None:
    mine = select(Conversation).where(Conversation.follower_id == follower_id).order_by(Conversation.id.desc())
    return session.scalars(mine.limit(1)).first()
