"""What happens after a chat: the rating, asked once, and the bank's news that the matter came to its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import Clock, local_day
from bot.customers.consents import is_allowed
from bot.customers.model import BankFact, Follower
from bot.customers.rules import Purpose
from bot.customers.service import find_follower
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.service import Deliverer
from bot.dialogue.bank_work import BankNews, begin_work, new_holder
from bot.dialogue.flows.fraud import DESK as FRAUD_DESK
from bot.dialogue.flows.saying import day_text
from bot.dialogue.notices import Notice, keep_unsaid, latest_conversation, say
from bot.dialogue.ratings import RATING_FLOW, RATINGS, why_not_asked
from bot.followups.service import promise
from bot.followups.slots import next_call
from bot.handoff import queries
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.transitions import close_by_bot, get_locked
from bot.knowledge import hours
from bot.knowledge.content import Content
from bot.knowledge.live import Contents
from bot.knowledge.rates import amount_text
from bot.messages import Choice, Reply
from bot.privacy.exporting import Holding, in_words
from bot.privacy.model import DataRequest

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
class Aftercare:
    """Messages that nobody asked for this minute, but that belong to a matter the customer has with us."""

    database: Database
    deliverer: Deliverer
    contents: Contents
    clock: Clock
    guard: OutboundGuard

    def ask_rating(self, conversation_id: int) -> None:
        """Ask once per conversation, with the message that is kept for it; the line says so when it is not asked. Safe
        to repeat.
        """
        now = self.clock.now()
        content = self._content(now)
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            if row.accepted_at is None or row.rating_asked_at is not None or row.rating_skipped is not None:
                return
            lines = tuple(Choice(f"{RATING_FLOW}:{row.id}:{stars}", label) for stars, label in RATINGS)
            asked = content.say("rating_ask_fraud" if row.skill == FRAUD_DESK else "rating_ask")
            question = Reply(asked.text, lines, source=asked.source)
            row.rating_skipped = why_not_asked(session, row, now)
            if row.rating_skipped is not None:
                keep_unsaid(session, row, question, now, row.rating_skipped)
                return
            row.rating_asked_at = now
            delivery_id = say(session, row, Notice(question, content, takes_last=True), self.guard, now)
        if delivery_id is not None:
            self.deliverer.send(delivery_id)

    def promise_followup(self, session: Session, row: Conversation, now: datetime, *, note: str) -> None:
        """A chat ends with "call again", in the caller's transaction: a promise of the rep who has it, or of the desk
        when nobody has, due an hour after the desk opens next.
        """
        skill = self._content(now).skills[row.skill or "general"]
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
        promised.owner = row.rep or promised.owner

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
            due_at, slot = next_call(session, skill, now)
            promise(
                session,
                follower_id=row.follower_id,
                conversation_id=row.id,
                skill=skill.id,
                reason=row.reason or "下班时仍在排队",
                phone=session.get_one(Follower, row.follower_id).phone,
                due_at=due_at,
                now=now,
                desk=skill,
                slot_at=slot,
            )
            close_by_bot(session, row, Outcome.FOLLOWUP, now)
            told = hours.moment_text(due_at, now)
            # The chat ends with it: nobody else has something to say here.
            notice = Notice(content.say("wait_ended", desk=skill.name, time=told), content, takes_last=True)
            return say(session, row, notice, self.guard, now)

    def tell_request_done(self, request: DataRequest, held: Sequence[Holding]) -> bool:
        """His request about his own data is done; False when no message may be sent to him now."""
        content = self._content(self.clock.now())
        said = content.say(f"privacy_done_{request.kind.value}", number=request.number, held=in_words(held))
        return self._tell(request.follower_id, Notice(said, content))

    def tell_request_refused(self, request: DataRequest) -> bool:
        """His request about his own data cannot be done; False when no message may be sent to him now."""
        content = self._content(self.clock.now())
        return self._tell(request.follower_id, Notice(content.say("privacy_refused", number=request.number), content))

    def _tell(self, follower_id: int, notice: Notice) -> bool:
        with self.database.transaction() as session:
            row = latest_conversation(session, follower_id)
            delivery_id = say(session, row, notice, self.guard, self.clock.now()) if row is not None else None
        if delivery_id is None:
            return False
        self.deliverer.send(delivery_id)
        return True

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
        follower = _follower_of(session, news) or new_holder(session, news, now)
        fact = BankFact(
            event_id=news.event_id,
            type=news.type,
            firm_id=news.firm_id or (follower.firm_id if follower else None),
            follower_id=follower.id if follower else None,
            amount_fen=news.amount_fen,
            stage=news.stage,
            occurred_at=news.occurred_at,
            received_at=now,
        )
        session.add(fact)
        session.flush()
        if follower is not None:
            begin_work(session, follower, news, content, now)
        row = latest_conversation(session, follower.id) if follower and follower.is_following else None
        if row is None or news.type not in NEWS:
            return None
        if row.owner is Owner.CLOSED:
            row.outcome = NEWS_OUTCOME[news.type]
        amount = amount_text(news.amount_fen) if news.amount_fen else ""
        told = content.say(NEWS[news.type], amount=amount, due=_due_text(news.due_on, now))
        if not is_allowed(session, row.follower_id, Purpose.SERVICE):
            keep_unsaid(session, row, told, now, "no_consent")
            return None
        return say(session, row, Notice(told, content), self.guard, now)


def _due_text(told: str | None, now: datetime) -> str:
    """12月20日; what the bank tells in other words is passed on as it is."""
    try:
        return day_text(date.fromisoformat(told or ""), local_day(now))
    except ValueError:
        return told or "以合同为准"


def _follower_of(session: Session, news: BankNews) -> Follower | None:
    if news.openid:
        return find_follower(session, news.openid)
    if not news.firm_id:
        return None
    bound = select(Follower).where(Follower.firm_id == news.firm_id).order_by(Follower.last_seen_at.desc())
    return session.scalars(bound).first()
