"""What the bank reports about who a follower is and what he agreed to: its page checked his phone, bound or unbound his
firm, took his consents. Called by webhooks/bank_events.py; each fact is kept once.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.customers import service as customers
from bot.customers.consents import Proof, keep_word
from bot.customers.model import BankFact, Follower, IdentityFact
from bot.customers.rules import Purpose
from bot.db import Database
from bot.delivery.guard import OutboundGuard
from bot.delivery.service import Deliverer
from bot.dialogue.notices import Notice, latest_conversation, say
from bot.duplicates.merging import absorb_firm_record
from bot.errors import BankUnavailable
from bot.events import Event, EventType
from bot.knowledge.content import Content
from bot.knowledge.live import Contents
from bot.messages import Reply
from bot.outbox import publish
from bot.ports import CoreBank, Firm

log = structlog.get_logger()


@dataclass(frozen=True)
class Word:
    """A yes or no to one purpose, under which text, and on which of the bank's channels."""

    purpose: Purpose
    granted: bool
    text_version: str
    channel: str


@dataclass(frozen=True)
class IdentityNews:
    """One signed fact about a follower. `firm_id` is there for a binding, `word` for a consent."""

    event_id: str
    type: IdentityFact
    openid: str
    firm_id: str | None
    word: Word | None
    occurred_at: datetime


@dataclass(frozen=True)
class Bindings:
    """Keeps the bank's word on identity and consent."""

    database: Database
    deliverer: Deliverer
    contents: Contents
    bank: CoreBank
    clock: Clock
    guard: OutboundGuard

    def take(self, news: IdentityNews) -> bool:
        """Keep the fact once, act on it, and tell the follower when his binding changed; False for a repeat. Safe to
        repeat, and in any order: an older binding does not undo a newer one.
        """
        firm = self._firm(news)
        try:
            delivery_id = self._kept(news, firm)
        except IntegrityError:
            with self.database.reading() as session:
                if session.get(BankFact, news.event_id) is not None:
                    return False
            # His first push came in the same moment and wrote him down; now he is there.
            delivery_id = self._kept(news, firm)
        if delivery_id is not None:
            self.deliverer.send(delivery_id)
        return True

    def _kept(self, news: IdentityNews, firm: Firm | None) -> int | None:
        now = self.clock.now()
        # Notices say the same in every region.
        content = self.contents.for_branch(now, None)
        with self.database.transaction() as session:
            return self._take(session, news, firm, content, now)

    def _firm(self, news: IdentityNews) -> Firm | None:
        """The firm he was bound to with its name; None when the bank cannot say now, or says another firm by now."""
        if news.type is not IdentityFact.BOUND:
            return None
        try:
            firm = self.bank.find_firm(news.openid)
        except BankUnavailable:
            return None
        return firm if firm is not None and firm.firm_id == news.firm_id else None

    def _take(
        self, session: Session, news: IdentityNews, firm: Firm | None, content: Content, now: datetime
    ) -> int | None:
        follower = customers.meet_through_bank(session, news.openid, now)
        bound_at = customers.last_binding_at(session, follower.id)
        session.add(
            BankFact(
                event_id=news.event_id,
                type=news.type.value,
                firm_id=news.firm_id or follower.firm_id,
                follower_id=follower.id,
                occurred_at=news.occurred_at,
                received_at=now,
            )
        )
        session.flush()
        told = None
        if news.word is not None:
            self._keep_word(session, follower, news, news.word, now)
        elif news.type is IdentityFact.PHONE_VERIFIED:
            customers.verify_phone(follower)
        elif bound_at is None or news.occurred_at > bound_at:
            told = self._rebind(follower, news, firm, content)
            if firm is not None:
                # Whose record it is, is known by name; without one the next turn asks the bank.
                absorb_firm_record(session, follower, now)
        row = latest_conversation(session, follower.id)
        if row is None:
            return None
        publish(session, now, Event(EventType.CUSTOMER_CHANGED, row.id))
        if told is None or not follower.is_following:
            return None
        return say(session, row, Notice(told, content, (firm.name,) if firm else ()), self.guard, now)

    @staticmethod
    def _keep_word(session: Session, follower: Follower, news: IdentityNews, word: Word, now: datetime) -> None:
        proof = Proof(word.channel, word.text_version, news.event_id)
        keep_word(session, follower, word.purpose, news.occurred_at, now, proof, granted=word.granted)
        log.info("consent_changed", purpose=word.purpose.value, granted=word.granted, channel=word.channel)

    @staticmethod
    def _rebind(follower: Follower, news: IdentityNews, firm: Firm | None, content: Content) -> Reply | None:
        """Bind or unbind him; what there is to tell."""
        log.info(news.type.value, follower=customers.log_id(follower.openid))
        if news.type is IdentityFact.UNBOUND:
            was_bound = follower.firm_id is not None
            customers.unbind(follower)
            return content.say("binding_removed") if was_bound else None
        assert news.firm_id is not None, "a binding without a firm is refused at the edge"
        if firm is None:
            customers.bind_by_id(follower, news.firm_id)
            return content.say("binding_done_unnamed")
        customers.bind(follower, firm)
        return content.say("binding_done", firm=firm.name)
