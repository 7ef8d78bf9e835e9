"""What reps do with leads, each act in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.customers.model import Follower
from bot.db import Database
from bot.errors import InvalidInput, LeadStateConflict, NotFound
from bot.knowledge.content import Content
from bot.leads import rules
from bot.leads.model import ANY_PRODUCT, Lead, LeadStage, LostReason
from bot.leads.recording import find_open, go, open_lead, tell


@dataclass(frozen=True)
class LeadDesk:
    """The acts. Whoever puts a free lead right has it from then on."""

    database: Database
    clock: Clock
    content: Content

    def open(self, follower_id: int, conversation_id: int, product: str | None, username: str) -> int:
        """A lead made by hand; the open one for the same product is the same. Raises InvalidInput. Returns its id."""
        wanted = product or ANY_PRODUCT
        if wanted != ANY_PRODUCT and wanted not in self.content.product_names:
            raise InvalidInput(places=["product"])
        now = self.clock.now()
        with self.database.transaction() as session:
            follower = session.get_one(Follower, follower_id, with_for_update=True)
            lead = find_open(session, follower_id, wanted)
            if lead is None:
                lead = open_lead(session, follower, conversation_id, wanted, now, actor=username)
            lead.product = wanted if wanted != ANY_PRODUCT else lead.product
            lead.owner, lead.conversation_id = lead.owner or username, conversation_id
            tell(session, lead, now)
            return lead.id

    def correct(self, lead_id: int, username: str, given: Mapping[str, Any]) -> None:
        """Put the need right; fields that are not given stay. Raises NotFound, LeadStateConflict."""
        now = self.clock.now()
        with self.database.transaction() as session:
            lead = _lock_open(session, lead_id)
            lead.need = rules.corrected(lead.need, given, username)
            lead.owner, lead.changed_at = lead.owner or username, now
            tell(session, lead, now)

    def move(
        self, lead_id: int, username: str, stage: LeadStage, evidence: str, lost_reason: LostReason | None = None
    ) -> None:
        """Bring it on to a stage, with what shows it. Raises NotFound, LeadStateConflict, InvalidInput for 未成 without
        a reason. Safe to repeat.
        """
        if (stage is LeadStage.LOST) != (lost_reason is not None):
            raise InvalidInput(places=["lost_reason"])
        now = self.clock.now()
        with self.database.transaction() as session:
            lead = session.get(Lead, lead_id, with_for_update=True)
            if lead is not None and lead.stage is stage:
                return
            lead = _lock_open(session, lead_id)
            if not rules.may_go(lead.stage, stage):
                raise LeadStateConflict(stage=lead.stage.value)
            lead.owner = lead.owner or username
            go(session, lead, stage, username, evidence, now, lost_reason)


def _lock_open(session: Session, lead_id: int) -> Lead:
    lead = session.get(Lead, lead_id, with_for_update=True, populate_existing=True)
    if lead is None:
        raise NotFound(lead_id=lead_id)
    if lead.closed_at is not None:
        raise LeadStateConflict(stage=lead.stage.value)
    return lead
