"""What the platform's answer to a mass call means for its chunk, and writing that down.

| answer                     | first call                          | the same client id again               |
|----------------------------|-------------------------------------|----------------------------------------|
| job                        | accepted                            | accepted; 45065 says it had gone       |
| no answer in time          | unknown, asked about in a minute    | still unknown, asked again             |
| 45009                      | not executed: waits until midnight  | still unknown, until midnight          |
| -1, 45011, 45066, token    | not executed: waits a minute        | still unknown, a minute                |
| anything else              | rejected: somebody decides          | still unknown: somebody looks          |

A refusal of the repeat does not say that the first call had not gone: the platform may look at the draft, which is gone
when it was sent, or at a quota, before it looks at the client id.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from bot.account_ports import MassJob
from bot.campaigns.acting import BY_ITSELF, note_act
from bot.campaigns.chunks import Chunk, ChunkState, MassReceipt, Reason
from bot.campaigns.ending import end_if_settled
from bot.campaigns.ledger import drop
from bot.campaigns.model import Campaign, CampaignState, PauseWhy, WaitWhy
from bot.campaigns.rules import ASK_AGAIN_AFTER, ENDED, next_midnight
from bot.campaigns.service import back_to_review, hold
from bot.errors import BotError, OutcomeUnknown, PlatformMisconfigured, Refused, RetryLater, UnfitContent

log = structlog.get_logger()

DAY_USED_UP = "45009"
SUCCESS = ("send success", "sendsuccess")


@dataclass(frozen=True)
class Outcome:
    """What becomes of a chunk: its `state` (None: as before the call), and what the campaign waits for."""

    state: ChunkState | None = None
    job: MassJob | None = None
    errcode: str | None = None
    next_try_at: datetime | None = None
    needs_person: bool = False
    wait_until: datetime | None = None
    why: WaitWhy | None = None
    is_unfit: bool = False


def of_call(came: MassJob | BotError, now: datetime, *, is_repeat: bool) -> Outcome:
    """The table at the top of this file. Raises what is no answer of the platform."""
    if isinstance(came, MassJob):
        return Outcome(ChunkState.ACCEPTED, job=came)
    soon, code = now + ASK_AGAIN_AFTER, str(came.fields.get("reason") or came.code)
    if isinstance(came, OutcomeUnknown):
        return Outcome(ChunkState.UNKNOWN, errcode="timeout", next_try_at=soon)
    before = ChunkState.UNKNOWN if is_repeat else None
    if isinstance(came, RetryLater):
        until = next_midnight(now) if code == DAY_USED_UP else soon
        why = WaitWhy.CALLS_USED_UP if code == DAY_USED_UP else WaitWhy.PLATFORM_BUSY
        return Outcome(before, errcode=code, next_try_at=until if is_repeat else None, wait_until=until, why=why)
    if isinstance(came, PlatformMisconfigured):
        log.error("mass_send_misconfigured", errcode=code)
        next_try = soon if is_repeat else None
        return Outcome(before, errcode=code, next_try_at=next_try, wait_until=soon, why=WaitWhy.MISCONFIGURED)
    if not isinstance(came, Refused):
        raise came
    if is_repeat:
        return Outcome(ChunkState.UNKNOWN, errcode=code, needs_person=True)
    return Outcome(ChunkState.REJECTED, errcode=code)


def of_preparing(error: BotError, now: datetime) -> Outcome:
    """What it means that draft, tag or quota could not be had: nothing was sent. Raises what is no answer."""
    code, soon = str(error.fields.get("reason") or error.code), now + ASK_AGAIN_AFTER
    if isinstance(error, UnfitContent):
        return Outcome(errcode=code, is_unfit=True)
    if isinstance(error, PlatformMisconfigured):
        log.error("mass_send_misconfigured", errcode=code)
        return Outcome(errcode=code, wait_until=soon, why=WaitWhy.MISCONFIGURED)
    if isinstance(error, RetryLater | OutcomeUnknown):
        until = next_midnight(now) if code == DAY_USED_UP else soon
        return Outcome(errcode=code, wait_until=until, why=WaitWhy.DRAFT)
    if not isinstance(error, Refused):
        raise error
    return Outcome(ChunkState.REJECTED, errcode=code)


def write(session: Session, campaign: Campaign, chunk: Chunk, outcome: Outcome, now: datetime) -> None:
    """Into the caller's transaction, which holds both rows."""
    chunk.state = outcome.state or (ChunkState.PLANNED if chunk.state is ChunkState.SENDING else chunk.state)
    if chunk.state is ChunkState.PLANNED:
        # Surely not executed: its day of being recognised has not begun.
        chunk.sending_at = None
        if campaign.state is CampaignState.CANCELLED:
            chunk.state, chunk.finished_at = ChunkState.CANCELLED, now
            drop(session, campaign.id, chunk.number, Reason.CANCELLED)
    chunk.lease_until, chunk.errcode = None, outcome.errcode
    chunk.next_try_at = outcome.next_try_at
    chunk.needs_person = chunk.needs_person or outcome.needs_person
    if outcome.is_unfit and campaign.state is CampaignState.RUNNING:
        back_to_review(campaign, "unfit", now)
        note_act(session, campaign, now, BY_ITSELF, "taken_back", "unfit")
    if outcome.state is ChunkState.REJECTED:
        _reject(session, campaign, chunk, outcome.errcode or "", now)
    if outcome.job is not None:
        chunk.job_id, chunk.data_id, chunk.accepted_at = outcome.job.job_id, outcome.job.data_id, now
        session.flush()
        receipt = session.get(MassReceipt, outcome.job.job_id)
        if receipt is not None:
            # It came before our own answer.
            finish(session, campaign, chunk, receipt, now)


def finish(session: Session, campaign: Campaign, chunk: Chunk, receipt: MassReceipt, now: datetime) -> None:
    """What the platform reports of an accepted chunk; a repeat changes nothing. The caller holds both rows."""
    if chunk.state is not ChunkState.ACCEPTED:
        return
    chunk.total, chunk.filtered = receipt.total, receipt.filtered
    chunk.sent, chunk.errors = receipt.sent, receipt.errors
    if receipt.status not in SUCCESS:
        _reject(session, campaign, chunk, receipt.status, now)
        return
    settle(session, campaign, chunk, now)


def settle(session: Session, campaign: Campaign, chunk: Chunk, now: datetime) -> None:
    """Nothing more is to come of it."""
    chunk.state, chunk.finished_at = ChunkState.FINISHED, now
    end_if_settled(session, campaign, now)


def fail(session: Session, campaign: Campaign, chunk: Chunk, errcode: str, now: datetime) -> None:
    """The platform took it and then sent nothing: somebody decides what becomes of it."""
    _reject(session, campaign, chunk, errcode, now)


def _reject(session: Session, campaign: Campaign, chunk: Chunk, errcode: str, now: datetime) -> None:
    chunk.state, chunk.errcode = ChunkState.REJECTED, errcode
    if campaign.state in ENDED:
        # Nobody will decide about it any more.
        chunk.state, chunk.finished_at = ChunkState.ABANDONED, now
        drop(session, campaign.id, chunk.number, Reason.REFUSED)
    note_act(session, campaign, now, BY_ITSELF, "chunk_refused", errcode, chunk=chunk.number)
    if campaign.state is CampaignState.RUNNING:
        hold(campaign, PauseWhy.REFUSED, BY_ITSELF, now)
