"""What customers ask about their own data, and what supervisors do about it; legal holds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.audit.model import Act
from bot.audit.service import Doer, Thing, note
from bot.clock import Clock
from bot.compliance.secrets import mask_personal
from bot.customers.consents import Proof, withdraw
from bot.customers.model import Follower
from bot.customers.rules import Purpose
from bot.db import Database
from bot.errors import NotFound, RequestStateConflict, SamePerson
from bot.handoff.model import Conversation, Owner
from bot.privacy import queries
from bot.privacy.erasing import AT_THE_DESK, erase
from bot.privacy.exporting import Holding, held_of
from bot.privacy.model import DataRequest, LegalHold, RequestKind, RequestState
from bot.privacy.rules import Retention

log = structlog.get_logger()

# The regulator gives fifteen days for a simple request.
DUE_AFTER = timedelta(days=15)
WITH_PEOPLE = (Owner.QUEUED, Owner.OFFERED, Owner.ACTIVE)


def open_request(session: Session, follower_id: int, kind: RequestKind, now: datetime) -> DataRequest:
    """Write a request into the caller's transaction; one that is open already is the same. The follower is locked."""
    session.execute(select(Follower.id).where(Follower.id == follower_id).with_for_update())
    same = (DataRequest.follower_id == follower_id) & (DataRequest.kind == kind)
    still_open = select(DataRequest).where(same, DataRequest.state == RequestState.OPEN).with_for_update()
    known = session.scalars(still_open).first()
    if known is not None:
        return known
    row = DataRequest(
        follower_id=follower_id, kind=kind, state=RequestState.OPEN, created_at=now, due_at=now + DUE_AFTER
    )
    session.add(row)
    session.flush()
    log.info("data_request_opened", outcome=kind.value)
    return row


@dataclass(frozen=True)
class DataRequests:
    """The acts of supervisors, each in one transaction and each written down."""

    database: Database
    clock: Clock
    retention: Retention

    def register(self, conversation_id: int, kind: RequestKind, proved_by: str, doer: Doer) -> DataRequest:
        """What the customer of this chat asks in person or by phone; `proved_by` says how he proved who he is. A wish
        to delete ends all marketing at once, as it does in the chat. Raises NotFound. Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            follower_id = _customer_of(session, conversation_id)
            row = open_request(session, follower_id, kind, now)
            row.note = row.note or mask_personal(proved_by)
            if kind is RequestKind.DELETE:
                said = Proof(AT_THE_DESK, "privacy_delete", f"requested:{row.id}:{now:%Y%m%d%H%M%S}")
                withdraw(session, session.get_one(Follower, follower_id), Purpose, now, said)
            note(session, now, doer, Act.REQUEST_REGISTERED, _thing(row), proved_by)
        return row

    def export(self, request_id: int, doer: Doer, reason: str) -> tuple[DataRequest, list[Holding]]:
        """Everything held of the customer who asks. Raises NotFound, RequestStateConflict. Safe to repeat."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _get_open(session, request_id)
            act = Act.DATA_SHOWN if row.kind is RequestKind.SHOW else Act.DATA_EXPORTED
            note(session, now, doer, act, _thing(row), reason)
            return row, held_of(session, row.follower_id)

    def finish(self, request_id: int, doer: Doer) -> tuple[DataRequest, list[Holding]]:
        """The request is done: what was held is told, handed over, or now erased. Returns what was held before.

        Raises NotFound, RequestStateConflict: handled already, under a legal hold, or a chat with people is open.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _get_open(session, request_id)
            held = held_of(session, row.follower_id)
            proof: dict[str, Any] = {"held": {one.label: one.count for one in held}}
            if row.kind is RequestKind.DELETE:
                proof["classes"] = self._erase(session, row, now)
                note(session, now, doer, Act.DATA_ERASED, _thing(row))
            row.state, row.proof = RequestState.DONE, proof
            row.handled_by, row.handled_at = doer.username, now
            session.flush()
        log.info("data_request_done", outcome=row.kind.value, rep_id=doer.username)
        return row, held

    def refuse(self, request_id: int, doer: Doer, reason: str) -> DataRequest:
        """The request cannot be done, with the reason. Raises NotFound, RequestStateConflict."""
        now = self.clock.now()
        with self.database.transaction() as session:
            row = _get_open(session, request_id)
            row.state, row.note = RequestState.REFUSED, mask_personal(reason)
            row.handled_by, row.handled_at = doer.username, now
            note(session, now, doer, Act.REQUEST_REFUSED, _thing(row), reason)
        return row

    def hold(self, conversation_id: int, doer: Doer, reason: str) -> LegalHold:
        """From now on nothing of this customer is removed. Raises NotFound, RequestStateConflict when he is held."""
        now = self.clock.now()
        try:
            with self.database.transaction() as session:
                row = LegalHold(
                    follower_id=_customer_of(session, conversation_id),
                    reason=mask_personal(reason),
                    set_by=doer.username,
                    set_at=now,
                )
                session.add(row)
                session.flush()
                thing = Thing("legal_hold", row.id, row.follower_id)
                note(session, now, doer, Act.HOLD_SET, thing, reason)
        except IntegrityError as error:
            raise RequestStateConflict(state="held") from error
        return row

    def lift(self, hold_id: int, doer: Doer, reason: str) -> None:
        """The hold is over, in the word of a second person: what it kept may go then. Raises NotFound, SamePerson for
        who set it. Safe to repeat.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            row = session.get(LegalHold, hold_id, with_for_update=True)
            if row is None:
                raise NotFound(hold_id=hold_id)
            if row.lifted_at is not None:
                return
            if row.set_by == doer.username:
                raise SamePerson
            row.lifted_by, row.lifted_at = doer.username, now
            note(session, now, doer, Act.HOLD_LIFTED, Thing("legal_hold", row.id, row.follower_id), reason)

    def _erase(self, session: Session, row: DataRequest, now: datetime) -> dict[str, dict[str, int]]:
        # Locked first of all, as everybody does: a turn of his that is under way ends before or begins after.
        locked = select(Follower).where(Follower.id == row.follower_id).with_for_update()
        follower = session.scalars(locked).one()
        if queries.is_held(session, follower.id):
            raise RequestStateConflict(state="held")
        with_people = (Conversation.follower_id == follower.id) & Conversation.owner.in_(WITH_PEOPLE)
        if session.scalars(select(Conversation.id).where(with_people)).first() is not None:
            raise RequestStateConflict(state="in_chat")
        return erase(session, follower, self.retention, now)


def _customer_of(session: Session, conversation_id: int) -> int:
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound(handoff_id=conversation_id)
    return conversation.follower_id


def _get_open(session: Session, request_id: int) -> DataRequest:
    """The request and, before it as everywhere, its follower, both locked."""
    follower_id = session.scalar(select(DataRequest.follower_id).where(DataRequest.id == request_id))
    if follower_id is None:
        raise NotFound(request_id=request_id)
    session.execute(select(Follower.id).where(Follower.id == follower_id).with_for_update())
    row = session.get_one(DataRequest, request_id, with_for_update=True)
    if row.state is not RequestState.OPEN:
        raise RequestStateConflict(state=row.state.value)
    return row


def _thing(row: DataRequest) -> Thing:
    return Thing("data_request", row.id, row.follower_id)
