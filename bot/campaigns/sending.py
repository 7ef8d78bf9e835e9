"""Chunks to the platform, one after the other. Before a call its chunk is committed as `sending`; what came of the call
is committed after it. Whatever stops in between leaves a chunk that is asked about, never one that is sent again.

No call to the platform stands inside a transaction. Two workers may run it at once: each takes chunks of its own.
"""

import time
from dataclasses import dataclass, field

import structlog

from bot.account_ports import Account, MassJob
from bot.campaigns import claiming, outcomes
from bot.campaigns.acting import tell
from bot.campaigns.chunks import Chunk, ChunkState, Reason
from bot.campaigns.claiming import LEASE, Claim
from bot.campaigns.ending import end_if_settled
from bot.campaigns.ledger import drop
from bot.campaigns.model import CampaignState, Route, WaitWhy
from bot.campaigns.neighbours import EnsureDraft
from bot.campaigns.outcomes import Outcome
from bot.campaigns.recipients import drop_out, find_dropouts, openids_of
from bot.campaigns.rules import FEWEST_IN_CHUNK, ContactPolicy, next_midnight
from bot.campaigns.tagging import Tagging
from bot.campaigns.waiting import wait
from bot.clock import Clock
from bot.db import Database
from bot.errors import BotError

log = structlog.get_logger()

# A tick has less than a minute; a call takes seconds.
BUDGET_S = 20.0
PATHS = {Route.LIST: "/cgi-bin/message/mass/send", Route.TAG: "/cgi-bin/message/mass/sendall"}


@dataclass(frozen=True)
class _Ready:
    """What the call says: to whom, which draft. `without` are those a repeat leaves out, if it is the one that goes."""

    openids: list[str]
    media_id: str
    tag_id: int | None
    without: dict[Reason, list[int]]


@dataclass(frozen=True)
class Sender:
    """Sends what is due. `ensure_draft` gives each chunk a draft of its own: one that was sent is gone."""

    database: Database
    clock: Clock
    policy: ContactPolicy
    account: Account
    ensure_draft: EnsureDraft
    budget_s: float = BUDGET_S
    _tagging: Tagging = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_tagging", Tagging(self.database, self.clock, self.account.tags))

    def run(self) -> int:
        """Send until nothing may go or the tick's time is over; how many calls were made."""
        until, calls = time.monotonic() + self.budget_s, 0
        while time.monotonic() < until:
            with self.database.transaction() as session:
                claim = claiming.find_claim(session, self.clock.now(), self.policy)
            if claim is None:
                break
            calls += self._send(claim, until)
        return calls

    def _send(self, claim: Claim, until: float) -> int:
        """1 when the platform was called."""
        try:
            media_id = self._prepare(claim, until)
        except BotError as error:
            self._conclude(claim, outcomes.of_preparing(error, self.clock.now()))
            return 0
        ready = self._begin(claim, media_id) if media_id is not None else None
        if ready is None:
            return 0
        self._conclude(claim, self._call(claim, ready), ready.without)
        return 1

    def _prepare(self, claim: Claim, until: float) -> str | None:
        """The draft to send, once all that the call needs is there; None when that takes another tick."""
        if claim.is_repeat:
            return claim.media_id
        if claim.is_first:
            left = self.account.quotas.of(PATHS[claim.route])
            if left.remain <= 0:
                self._conclude(claim, Outcome(wait_until=next_midnight(self.clock.now()), why=WaitWhy.CALLS_USED_UP))
                return None
            self.account.mass.set_speed(claim.speed)
        if claim.route is Route.TAG and not self._tagging.build(claim, until):
            return None
        return self.ensure_draft(claim.version_id, claim.purpose, scene=claim.scene)

    def _begin(self, claim: Claim, media_id: str) -> _Ready | None:
        """Commit that the call is about to be made; None when it is not to be."""
        now = self.clock.now()
        with self.database.transaction() as session:
            mine = claiming.held(session, claim)
            if mine is None:
                return None
            campaign, chunk = mine
            if campaign.state is not CampaignState.RUNNING:
                chunk.lease_until = None
                return None
            dropouts = find_dropouts(session, campaign, chunk)
            if not claim.is_repeat and drop_out(session, chunk, dropouts) and claim.route is Route.TAG:
                # They are under the tag already: they leave it first.
                chunk.lease_until = None
                return None
            without = [one for ids in dropouts.values() for one in ids] if claim.is_repeat else []
            openids = openids_of(session, chunk, without=without)
            if len(openids) < FEWEST_IN_CHUNK:
                self._close_empty(chunk, is_repeat=claim.is_repeat)
                if not claim.is_repeat:
                    drop(session, campaign.id, chunk.number, Reason.ALONE)
                    end_if_settled(session, campaign, now)
                return None
            chunk.state, chunk.media_id = ChunkState.SENDING, media_id
            chunk.called_at, chunk.lease_until = now, now + LEASE
            chunk.sending_at = chunk.sending_at or now
            chunk.calls += 1
            return _Ready(openids, media_id, chunk.tag_id, dropouts if claim.is_repeat else {})

    def _close_empty(self, chunk: Chunk, *, is_repeat: bool) -> None:
        """Too few are left for a list. What may have gone already is for somebody to say."""
        chunk.lease_until = None
        if is_repeat:
            chunk.needs_person = True
        else:
            chunk.state, chunk.finished_at = ChunkState.CANCELLED, self.clock.now()

    def _call(self, claim: Claim, ready: _Ready) -> MassJob | BotError:
        mass = self.account.mass
        try:
            if claim.route is Route.TAG:
                assert ready.tag_id is not None
                return mass.send_to_tag(ready.tag_id, ready.media_id, claim.client_id)
            return mass.send_to_list(ready.openids, ready.media_id, claim.client_id)
        except BotError as error:
            return error

    def _conclude(
        self,
        claim: Claim,
        came: MassJob | BotError | Outcome,
        without: dict[Reason, list[int]] | None = None,
    ) -> None:
        now = self.clock.now()
        outcome = came if isinstance(came, Outcome) else outcomes.of_call(came, now, is_repeat=claim.is_repeat)
        with self.database.transaction() as session:
            mine = claiming.held(session, claim)
            if mine is None:
                return
            campaign, chunk = mine
            if isinstance(came, MassJob) and without and not came.is_repeat:
                # It was this call that went, and without them.
                drop_out(session, chunk, without)
            outcomes.write(session, campaign, chunk, outcome, now)
            if outcome.wait_until is not None and outcome.why is not None:
                wait(session, campaign, now, outcome.wait_until, outcome.why, errcode=outcome.errcode)
            tell(session, campaign, now, "chunk")
        log.info(
            "chunk_called",
            campaign_id=claim.campaign_id,
            chunk=claim.number,
            outcome=(outcome.state or ChunkState.PLANNED).value,
            errcode=outcome.errcode,
        )
