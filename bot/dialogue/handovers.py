"""What a customer is told when his chat passes on without his doing: a rep lost it by silence or gave it back to the
bot, a supervisor ended the wait; and what the bot then need not ask again.

Nobody asked for these messages: each is sent at most once, and only while more than two of his allowance are left.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.db import Database
from bot.delivery import rules
from bot.delivery.guard import OutboundGuard
from bot.delivery.service import Deliverer, grants_of
from bot.dialogue.notices import Notice, say
from bot.handoff.model import Conversation, Outcome, Owner
from bot.handoff.transitions import get_locked
from bot.knowledge.live import Contents
from bot.transcripts.model import Line, Speaker

# The last two messages belong to answers.
KEPT_FOR_ANSWERS = 2
WAITING = (Owner.QUEUED, Owner.OFFERED)
# How a rep asks for what the loan flow asks for too.
_ASKS = (
    ("purpose", re.compile(r"用途|(用在|用来|打算用|做什么用|干什么用|拿来).{0,6}|资金.{0,4}(用|投)")),
    (
        "amount",
        re.compile(
            r"(多少|多大|几万|什么).{0,4}(金额|额度|钱|资金)|(金额|额度|需要|想要|贷|借).{0,6}(多少|多大|几万|几十万)"
        ),
    ),
    ("term", re.compile(r"期限|用多久|用多长|几个月|几年还|多久还|多长时间")),
    ("collateral", re.compile(r"抵押|房产|厂房|担保")),
    ("years", re.compile(r"(成立|经营|开|做|注册|执照).{0,6}(几年|多久|多长|年限|什么时候)|经营年限")),
)


@dataclass(frozen=True)
class Handovers:
    """Tells customers who has the word now."""

    database: Database
    deliverer: Deliverer
    contents: Contents
    clock: Clock
    guard: OutboundGuard

    def tell_late(self) -> int:
        """Tell who waits again because his rep fell silent, once in a conversation; how many were told.

        Called by the timer. Safe to repeat.
        """
        lost = Conversation.owner.in_(WAITING) & Conversation.lost_rep_at.is_not(None) & Conversation.sorry_at.is_(None)
        with self.database.reading() as session:
            ids = list(session.scalars(select(Conversation.id).where(lost)))
        told = [self._tell_late(conversation_id) for conversation_id in ids]
        return sum(told)

    def tell_returned(self, conversation_id: int) -> None:
        """Tell who has the word now, after a rep gave the chat back; silence when messages are short."""
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            delivery_id = self._say(session, row, "returned_to_bot") if row.owner is Owner.BOT else None
        if delivery_id is not None:
            self.deliverer.send(delivery_id)

    def tell_wait_ended(self, conversation_id: int) -> None:
        """Tell who still waited that he need not, after a supervisor ended his chat: nobody spoke to him in it.
        Called once, after that act.
        """
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            is_unserved = row.owner is Owner.CLOSED and row.accepted_at is None and row.outcome is not Outcome.NO_REPLY
            delivery_id = self._say(session, row, "wait_ended") if is_unserved else None
        if delivery_id is not None:
            self.deliverer.send(delivery_id)

    def asked_of(self, conversation_id: int) -> Sequence[str]:
        """The slots a rep has asked for in this conversation: the bot does not ask for them again."""
        by_reps = (Line.conversation_id == conversation_id) & (Line.speaker == Speaker.REP)
        with self.database.reading() as session:
            said = list(session.scalars(select(Line.text).where(by_reps)))
        return [slot for slot, asks in _ASKS if any(asks.search(text) for text in said)]

    def _tell_late(self, conversation_id: int) -> bool:
        with self.database.transaction() as session:
            row = get_locked(session, conversation_id)
            if row.owner not in WAITING or row.lost_rep_at is None or row.sorry_at is not None:
                return False
            row.sorry_at = self.clock.now()
            delivery_id = self._say(session, row, "rep_fell_silent")
        if delivery_id is not None:
            self.deliverer.send(delivery_id)
        return delivery_id is not None

    def _say(self, session: Session, row: Conversation, reply_id: str) -> int | None:
        now = self.clock.now()
        if rules.room(grants_of(session, row.follower_id, now), now).left <= KEPT_FOR_ANSWERS:
            return None
        content = self.contents.for_branch(now, None)
        return say(session, row, Notice(content.say(reply_id), content), self.guard, now)
