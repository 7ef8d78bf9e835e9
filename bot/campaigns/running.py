"""All that happens with campaigns by itself, for the timers."""

from dataclasses import dataclass

from bot.account_ports import Account
from bot.campaigns.neighbours import EnsureDraft
from bot.campaigns.outside import OutsideSends
from bot.campaigns.recalling import Recalls
from bot.campaigns.sending import Sender
from bot.campaigns.service import Campaigns
from bot.campaigns.settling import Settler
from bot.campaigns.starting import Starter
from bot.campaigns.tagging import Tagging
from bot.campaigns.warning import Warnings


@dataclass(frozen=True)
class CampaignRunner:
    """The steps of the ticks; each may run in two workers at once, and again after one that failed."""

    campaigns: Campaigns
    account: Account
    ensure_draft: EnsureDraft
    recalls: Recalls
    outside_sends: OutsideSends

    def start(self) -> int:
        """Plan what is due; how many were."""
        return Starter(self.campaigns).run()

    def settle(self) -> None:
        """Settle what is open, let go whoever left."""
        asked = self.campaigns
        Settler(asked.database, asked.clock, self.account.mass).run()

    def send(self) -> int:
        """Send what is due; how many calls were made."""
        asked = self.campaigns
        return Sender(asked.database, asked.clock, asked.policy, self.account, self.ensure_draft).run()

    def recall(self) -> int:
        """Take down what two people want down; how many sends were."""
        return self.recalls.run(self.account.mass)

    def warn(self) -> int:
        """Tell of chunks that wait for a person; how many alerts changed."""
        return Warnings(self.campaigns.database, self.campaigns.clock).sweep()

    def clear_tags(self) -> int:
        """Give tags back that no send needs any more; how many went."""
        asked = self.campaigns
        return Tagging(asked.database, asked.clock, self.account.tags).take_away()

    def look_outside(self) -> int:
        """Find sends made in the platform's console; how many are new."""
        return self.outside_sends.find(self.account.figures)
