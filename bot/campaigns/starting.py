"""What begins by itself: a scheduled campaign whose time has come is looked at once more, planned, and let run.

It does not begin when its time is over, when what was approved is not what it is now, or while everything is stopped.
Safe in two workers at once: each takes the campaign's row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.campaigns.acting import BY_ITSELF, note_act, open_halt, tell
from bot.campaigns.approving import variants_of
from bot.campaigns.ending import end_if_settled
from bot.campaigns.judging import terms_of
from bot.campaigns.ledger import month_of
from bot.campaigns.model import Campaign, CampaignState, CampaignVariant, Repeats, WaitWhy
from bot.campaigns.planning import AnotherIsPlanned, SampleTooSmall, rebook, write_plan
from bot.campaigns.rules import check_move, find_wait, next_run, schedule_of
from bot.campaigns.service import Campaigns, back_to_review
from bot.campaigns.waiting import LOOK_AGAIN, wait

log = structlog.get_logger()

S = CampaignState
PLAN_LEASE = timedelta(minutes=5)


@dataclass(frozen=True)
class Starter:
    """Begins what is due; `campaigns` knows what was approved and what is there now."""

    campaigns: Campaigns

    def run(self) -> int:
        """Begin what is due; how many were planned."""
        return sum(self._plan(one) for one in self._due() if self._begin(one))

    def _due(self) -> list[int]:
        now = self.campaigns.clock.now()
        is_due = and_(Campaign.state == S.SCHEDULED, Campaign.starts_at <= now)
        waits = or_(Campaign.wait_until.is_(None), Campaign.wait_until <= now)
        left_behind = and_(Campaign.state == S.PLANNING, Campaign.lease_until < now)
        with self.campaigns.database.reading() as session:
            found = select(Campaign.id).where(or_(and_(is_due, waits), left_behind)).order_by(Campaign.starts_at)
            return list(session.scalars(found))

    def _begin(self, campaign_id: int) -> bool:
        """True when it is this process's to plan."""
        now = self.campaigns.clock.now()
        with self.campaigns.database.transaction() as session:
            mine = select(Campaign).where(Campaign.id == campaign_id).with_for_update(skip_locked=True)
            campaign = session.scalars(mine).first()
            if campaign is None or campaign.state not in (S.SCHEDULED, S.PLANNING):
                return False
            if campaign.state is S.PLANNING:
                if campaign.lease_until is not None and campaign.lease_until >= now:
                    return False
                campaign.lease_until = now + PLAN_LEASE
                return True
            if not self._may_begin(session, campaign):
                return False
            if campaign.planned_at is not None:
                self._go_on(session, campaign)
                return False
            check_move(campaign.state, S.PLANNING)
            campaign.state, campaign.lease_until = S.PLANNING, now + PLAN_LEASE
            campaign.wait_why = campaign.wait_until = None
            tell(session, campaign, now, "planning")
            return True

    def _may_begin(self, session: Session, campaign: Campaign) -> bool:
        now = self.campaigns.clock.now()
        against = self._against(session, campaign)
        if against is not None:
            back_to_review(campaign, against, now)
            note_act(session, campaign, now, BY_ITSELF, "taken_back", against)
            return False
        if open_halt(session) is not None:
            wait(session, campaign, now, now + LOOK_AGAIN, WaitWhy.HALTED)
            return False
        waits = find_wait(now, self.campaigns.policy)
        if waits is not None:
            wait(session, campaign, now, min(waits[0], campaign.ends_at), waits[1])
            return False
        return True

    def _against(self, session: Session, campaign: Campaign) -> str | None:
        """Why somebody has to look at it again, or None."""
        if campaign.ends_at <= self.campaigns.clock.now():
            return "late"
        if campaign.approved_hash != self.campaigns.content_hash(session, campaign):
            return "changed"
        return "unfit" if self.campaigns.flaws(session, campaign) else None

    def _go_on(self, session: Session, campaign: Campaign) -> None:
        """It was planned before its time was over the first time; in another month its messages are other ones."""
        now = self.campaigns.clock.now()
        if campaign.month != month_of(now):
            terms = terms_of(campaign, variants_of(session, campaign.id))
            rebook(session, terms, now)
            campaign.month = month_of(now)
        check_move(campaign.state, S.RUNNING)
        campaign.state = S.RUNNING
        campaign.wait_why = campaign.wait_until = None
        note_act(session, campaign, now, BY_ITSELF, "continued")
        end_if_settled(session, campaign, now)

    def _plan(self, campaign_id: int) -> int:
        now = self.campaigns.clock.now()
        try:
            with self.campaigns.database.transaction() as session:
                campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
                if campaign.state is not S.PLANNING:
                    return 0
                variants = variants_of(session, campaign_id)
                fates = write_plan(
                    session, terms_of(campaign, variants), now, self.campaigns.policy, self.campaigns.neighbours.who
                )
                self._let_run(session, campaign, variants)
                sent = sum(one.followers for one in fates if one.reason is None)
                everybody = sum(one.followers for one in fates)
                note_act(session, campaign, now, BY_ITSELF, "planned", audience=everybody, included=sent)
                end_if_settled(session, campaign, now)
        except AnotherIsPlanned:
            self._give_back(campaign_id)
            return 0
        except SampleTooSmall:
            with self.campaigns.database.transaction() as session:
                campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
                back_to_review(campaign, "sample_too_small", now)
                note_act(session, campaign, now, BY_ITSELF, "taken_back", "sample_too_small")
            return 0
        log.info("campaign_planned", campaign_id=campaign_id, count=sent)
        return 1

    def _let_run(self, session: Session, campaign: Campaign, variants: Sequence[CampaignVariant]) -> None:
        now = self.campaigns.clock.now()
        check_move(campaign.state, S.RUNNING)
        campaign.state, campaign.lease_until = S.RUNNING, None
        campaign.planned_at = campaign.started_at = now
        campaign.month = month_of(now)
        if campaign.repeats is not Repeats.ONCE:
            session.add_all(self._next_run(session, campaign, variants))

    def _next_run(
        self, session: Session, campaign: Campaign, variants: Sequence[CampaignVariant]
    ) -> list[CampaignVariant]:
        """The next run as a campaign of its own that waits for the second person; its variants, to be added."""
        now, length = self.campaigns.clock.now(), campaign.not_after - campaign.not_before
        begins = next_run(campaign.not_before, campaign.repeats)
        while begins <= now:
            begins = next_run(begins, campaign.repeats)
        kept = ("name", "goal", "metric", "message_class", "included", "excluded", "holdout_bp", "route", "speed")
        starts, ends, _ = schedule_of(begins, begins + length, self.campaigns.policy)
        run = Campaign(
            **{name: getattr(campaign, name) for name in kept},
            not_before=begins,
            not_after=begins + length,
            starts_at=starts,
            ends_at=ends,
            repeats=campaign.repeats,
            run_of=campaign.run_of or campaign.id,
            run_number=campaign.run_number + 1,
            salt_id=campaign.salt_id or campaign.id,
            state=S.IN_REVIEW,
            revision=1,
            author=campaign.author,
            created_at=now,
            editor=campaign.editor,
            edited_at=now,
            submitted_by=BY_ITSELF,
            submitted_at=now,
        )
        session.add(run)
        session.flush()
        note_act(session, run, now, BY_ITSELF, "repeated")
        return [
            CampaignVariant(
                campaign_id=run.id, number=one.number, article_version_id=one.article_version_id, share=one.share
            )
            for one in variants
        ]

    def _give_back(self, campaign_id: int) -> None:
        """Another campaign is being planned; this one's turn comes with a next tick."""
        with self.campaigns.database.transaction() as session:
            campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
            if campaign.state is S.PLANNING:
                campaign.lease_until = self.campaigns.clock.now() - PLAN_LEASE
