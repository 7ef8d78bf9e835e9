"""What people do with campaigns: write, submit, approve or send back a colleague's, schedule, pause, resume, cancel,
stop everything. Every act leaves a row in campaign_acts. What runs by itself is in running.py.

Whoever wrote or last changed a campaign never approves it: asked here, and refused by the table itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.campaigns.acting import found, note_act, open_halt
from bot.campaigns.approving import CampaignFlaw, approval_hash, content_of, find_flaws, variants_of
from bot.campaigns.chunks import Chunk, ChunkState, Reason
from bot.campaigns.judging import terms_of
from bot.campaigns.ledger import drop
from bot.campaigns.model import (
    Campaign,
    CampaignState,
    CampaignVariant,
    Goal,
    MassHalt,
    MessageClass,
    Metric,
    PauseWhy,
    Repeats,
    Route,
)
from bot.campaigns.neighbours import Neighbours
from bot.campaigns.planning import SampleTooSmall, check_sample, fates
from bot.campaigns.rules import EDITABLE, ENDED, MOST_VARIANTS, ContactPolicy, check_move, schedule_of
from bot.clock import Clock
from bot.db import Database
from bot.errors import CampaignStateConflict, InvalidInput, SamePerson, UnfitCampaign

S = CampaignState


@dataclass(frozen=True)
class Wanted:
    """A campaign as somebody writes it. `variants` are article versions and their shares in percent."""

    name: str
    goal: Goal
    metric: Metric
    message_class: MessageClass
    included: Sequence[int]
    excluded: Sequence[int]
    variants: Sequence[tuple[int, int]]
    holdout_bp: int
    route: Route
    speed: int
    not_before: datetime
    not_after: datetime
    repeats: Repeats


@dataclass(frozen=True)
class Campaigns:
    """The use cases of 群发活动."""

    database: Database
    clock: Clock
    policy: ContactPolicy
    neighbours: Neighbours

    def create(self, wanted: Wanted, username: str) -> int:
        """Begin a campaign; its id. Raises InvalidInput."""
        now = self.clock.now()
        with self.database.transaction() as session:
            campaign = Campaign(state=S.DRAFT, author=username, created_at=now, revision=0, run_number=1, marks=[])
            self._write(session, campaign, wanted, username)
            note_act(session, campaign, now, username, "created")
            return campaign.id

    def save(self, campaign_id: int, wanted: Wanted, revision: int, username: str) -> None:
        """Change a campaign that has not begun; what was approved of it is void. Raises InvalidInput, and
        CampaignStateConflict when somebody changed it after `revision` or it was planned already.
        """
        with self._stepping(campaign_id, username, "saved") as (session, campaign):
            if campaign.revision != revision:
                raise CampaignStateConflict(state="changed")
            if campaign.state not in EDITABLE:
                raise CampaignStateConflict(state=campaign.state.value)
            if campaign.planned_at is not None and not _keeps_plan(session, campaign, wanted):
                raise CampaignStateConflict(state="planned")
            if campaign.state is not S.DRAFT:
                self._move(campaign, S.DRAFT)
            self._write(session, campaign, wanted, username)

    def copy(self, campaign_id: int, username: str, name: str) -> int:
        """A new draft with the same content and audience, to be scheduled anew; its id."""
        with self.database.reading() as session:
            former = found(session, campaign_id, lock=False)
            variants = [(one.article_version_id, one.share) for one in variants_of(session, former.id)]
        wanted = wanted_of(former, variants)
        return self.create(_named(wanted, name), username)

    def submit(self, campaign_id: int, username: str) -> None:
        """Ask a second person to look. Raises UnfitCampaign with the flaws, CampaignStateConflict."""
        self._check_sample(campaign_id)
        with self._stepping(campaign_id, username, "submitted") as (session, campaign):
            self._check_fit(session, campaign)
            self._move(campaign, S.IN_REVIEW)
            campaign.submitted_by, campaign.submitted_at = username, self.clock.now()
            campaign.reason, campaign.marks = None, []

    def approve(self, campaign_id: int, username: str, content_hash: str) -> None:
        """The second person's yes to exactly what he looked at. Raises SamePerson, UnfitCampaign, and
        CampaignStateConflict when it is something else by now.
        """
        with self._reviewing(campaign_id, username, "approved") as (session, campaign):
            if self._hash(session, campaign) != content_hash:
                raise CampaignStateConflict(state="changed")
            self._check_fit(session, campaign)
            self._move(campaign, S.APPROVED)
            campaign.approved_hash, campaign.reason, campaign.marks = content_hash, None, []

    def send_back(self, campaign_id: int, username: str, reason: str, marks: Sequence[Mapping[str, str]]) -> None:
        """The second person's no: why, and the places it is about. Raises SamePerson, CampaignStateConflict."""
        with self._reviewing(campaign_id, username, "sent_back") as (_, campaign):
            self._move(campaign, S.DRAFT)
            campaign.reason, campaign.marks = reason, [dict(one) for one in marks]

    def schedule(self, campaign_id: int, username: str) -> None:
        """Let an approved campaign go when its time has come. Raises CampaignStateConflict, UnfitCampaign."""
        with self._stepping(campaign_id, username, "scheduled") as (session, campaign):
            if campaign.approved_hash != self._hash(session, campaign):
                raise CampaignStateConflict(state="changed")
            self._check_fit(session, campaign)
            self._move(campaign, S.SCHEDULED)
            campaign.reason = None

    def unschedule(self, campaign_id: int, username: str, reason: str) -> None:
        """Take it out of the calendar before it begins; writing and approving start anew."""
        with self._stepping(campaign_id, username, "unscheduled", reason) as (_, campaign):
            if campaign.state not in (S.SCHEDULED, S.APPROVED, S.IN_REVIEW):
                raise CampaignStateConflict(state=campaign.state.value)
            self._move(campaign, S.DRAFT)
            _void(campaign)

    def pause(self, campaign_id: int, username: str, reason: str) -> None:
        """Hold what has not left. A repeat is safe."""
        with self._stepping(campaign_id, username, "paused", reason) as (_, campaign):
            if campaign.state is not S.PAUSED:
                hold(campaign, PauseWhy.BY_HAND, username, self.clock.now())

    def resume(self, campaign_id: int, username: str) -> None:
        """Go on with what has not left. Raises CampaignStateConflict, also while everything is stopped."""
        with self._stepping(campaign_id, username, "resumed") as (session, campaign):
            if open_halt(session) is not None:
                raise CampaignStateConflict(state="halted")
            if campaign.planned_at is None:
                raise CampaignStateConflict(state="not_planned")
            self._move(campaign, S.RUNNING)
            campaign.pause_why = campaign.paused_by = campaign.paused_at = None
            campaign.wait_until = campaign.wait_why = None

    def cancel(self, campaign_id: int, username: str, reason: str) -> None:
        """Send nothing more of it, and give back what was booked for those it did not reach."""
        with self._stepping(campaign_id, username, "cancelled", reason) as (session, campaign):
            self._move(campaign, S.CANCELLED)
            campaign.ended_at = self.clock.now()
            cancel_planned(session, campaign)

    def stop_everything(self, username: str, reason: str) -> int:
        """The emergency stop: every campaign that runs is held, none starts until it is lifted. A repeat is safe and
        holds what slipped in; the id of the stop.
        """
        now = self.clock.now()
        with self.database.transaction() as session:
            halt = open_halt(session)
            if halt is None:
                halt = MassHalt(reason=reason, set_by=username, set_at=now)
                session.add(halt)
                session.flush()
            going = select(Campaign).where(Campaign.state == S.RUNNING).order_by(Campaign.id).with_for_update()
            for campaign in session.scalars(going):
                hold(campaign, PauseWhy.STOPPED, username, now)
                note_act(session, campaign, now, username, "stopped", reason)
            return halt.id

    def lift_stop(self, username: str) -> None:
        """Allow campaigns to go again; those that were held are resumed one by one. A repeat is safe."""
        with self.database.transaction() as session:
            halt = open_halt(session)
            if halt is not None:
                halt.lifted_by, halt.lifted_at = username, self.clock.now()

    def flaws(self, session: Session, campaign: Campaign) -> list[CampaignFlaw]:
        """What stands against approving it now."""
        content = content_of(session, campaign, self.neighbours.frozen, self.neighbours.fingerprint)
        return find_flaws(campaign, content, self.clock.now())

    def content_hash(self, session: Session, campaign: Campaign) -> str:
        """The hash of what the campaign is now."""
        return self._hash(session, campaign)

    def _check_sample(self, campaign_id: int) -> None:
        """Outside of the act's own transaction: counting a large audience takes a second."""
        now = self.clock.now()
        with self.database.reading() as session:
            campaign = found(session, campaign_id, lock=False)
            variants = variants_of(session, campaign_id)
            if len(variants) < 2 or not campaign.included:
                return
            terms = terms_of(campaign, variants)
            come = fates(session, terms, now, self.policy, self.neighbours.who)
        try:
            check_sample([one.number for one in variants], come, self.policy)
        except SampleTooSmall as error:
            flaw = {"place": "variants", "reason": "sample_too_small", "words": str(self.policy.min_sample)}
            raise UnfitCampaign(flaws=[flaw]) from error

    def _check_fit(self, session: Session, campaign: Campaign) -> None:
        flaws = self.flaws(session, campaign)
        if flaws:
            raise UnfitCampaign(flaws=[vars(one) for one in flaws])

    def _hash(self, session: Session, campaign: Campaign) -> str:
        content = content_of(session, campaign, self.neighbours.frozen, self.neighbours.fingerprint)
        return approval_hash(campaign, content)

    def _write(self, session: Session, campaign: Campaign, wanted: Wanted, username: str) -> None:
        if wanted.not_after <= wanted.not_before:
            raise InvalidInput(places=["not_after"])
        if len(wanted.variants) > MOST_VARIANTS:
            raise InvalidInput(places=["variants"])
        for name in _PLAIN:
            setattr(campaign, name, getattr(wanted, name))
        campaign.included, campaign.excluded = list(wanted.included), list(wanted.excluded)
        starts, ends, _ = schedule_of(wanted.not_before, wanted.not_after, self.policy)
        campaign.starts_at, campaign.ends_at = starts, ends
        campaign.editor, campaign.edited_at = username, self.clock.now()
        campaign.revision += 1
        _void(campaign)
        session.add(campaign)
        session.flush()
        campaign.salt_id = campaign.salt_id or campaign.id
        session.execute(delete(CampaignVariant).where(CampaignVariant.campaign_id == campaign.id))
        session.add_all(
            CampaignVariant(campaign_id=campaign.id, number=number, article_version_id=version, share=share)
            for number, (version, share) in enumerate(wanted.variants, start=1)
        )

    def _move(self, campaign: Campaign, to: CampaignState) -> None:
        check_move(campaign.state, to)
        campaign.state = to

    @contextmanager
    def _reviewing(self, campaign_id: int, username: str, act: str) -> Iterator[tuple[Session, Campaign]]:
        with self._stepping(campaign_id, username, act) as (session, campaign):
            if campaign.state is not S.IN_REVIEW:
                raise CampaignStateConflict(state=campaign.state.value)
            if username in (campaign.author, campaign.editor):
                raise SamePerson
            campaign.reviewer, campaign.reviewed_at = username, self.clock.now()
            yield session, campaign

    @contextmanager
    def _stepping(
        self, campaign_id: int, username: str, act: str, reason: str | None = None
    ) -> Iterator[tuple[Session, Campaign]]:
        """The campaign, locked; the act is noted with what was changed."""
        with self.database.transaction() as session:
            campaign = found(session, campaign_id)
            if campaign.state in ENDED:
                raise CampaignStateConflict(state=campaign.state.value)
            yield session, campaign
            note_act(session, campaign, self.clock.now(), username, act, reason or campaign.reason)


_PLAIN = (
    "name", "goal", "metric", "message_class", "holdout_bp", "route", "speed", "not_before", "not_after", "repeats",
)  # fmt: skip


def hold(campaign: Campaign, why: PauseWhy, username: str, now: datetime) -> None:
    """Pause a campaign. Raises CampaignStateConflict."""
    check_move(campaign.state, S.PAUSED)
    campaign.state, campaign.pause_why = S.PAUSED, why
    campaign.paused_by, campaign.paused_at = username, now


def back_to_review(campaign: Campaign, reason: str, now: datetime) -> None:
    """What was approved does not hold any more: somebody has to look again."""
    check_move(campaign.state, S.IN_REVIEW)
    campaign.state, campaign.reason, campaign.submitted_at = S.IN_REVIEW, reason, now
    _void(campaign)


def cancel_planned(session: Session, campaign: Campaign) -> None:
    """Take the chunks that have not left out of the campaign."""
    waiting = select(Chunk).where(Chunk.campaign_id == campaign.id, Chunk.state == ChunkState.PLANNED)
    for chunk in session.scalars(waiting.with_for_update()):
        chunk.state = ChunkState.CANCELLED
        drop(session, campaign.id, chunk.number, Reason.CANCELLED)


def wanted_of(campaign: Campaign, variants: Sequence[tuple[int, int]]) -> Wanted:
    """A campaign as it was written."""
    plain: dict[str, Any] = {name: getattr(campaign, name) for name in _PLAIN}
    return Wanted(included=campaign.included, excluded=campaign.excluded, variants=variants, **plain)


def _named(wanted: Wanted, name: str) -> Wanted:
    return Wanted(**{**vars(wanted), "name": name})


def _void(campaign: Campaign) -> None:
    campaign.reviewer = campaign.reviewed_at = campaign.approved_hash = None


def _keeps_plan(session: Session, campaign: Campaign, wanted: Wanted) -> bool:
    """Only the time may change of what was planned: its rows stand."""
    variants = [(one.article_version_id, one.share) for one in variants_of(session, campaign.id)]
    before = wanted_of(campaign, variants)
    after = Wanted(**{**vars(wanted), "not_before": before.not_before, "not_after": before.not_after})
    return _plain_of(before) == _plain_of(after)


def _plain_of(wanted: Wanted) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, list | tuple) else value for name, value in vars(wanted).items()}
