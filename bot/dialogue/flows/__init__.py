"""The registry: every flow by its name. A new flow is one file here, one line below, its replies and one test."""

from collections.abc import Mapping

from bot.dialogue.flow import Flow
from bot.dialogue.flows.calculator import Calculator
from bot.dialogue.flows.callback import Callback
from bot.dialogue.flows.complaint import Complaint
from bot.dialogue.flows.fallback import Fallback
from bot.dialogue.flows.faq import Faq
from bot.dialogue.flows.fraud import Fraud
from bot.dialogue.flows.guide import GuideFlow
from bot.dialogue.flows.human import Human
from bot.dialogue.flows.loan import Loan
from bot.dialogue.flows.loan_case import LoanCases
from bot.dialogue.flows.media import Media
from bot.dialogue.flows.payroll import PAYROLL
from bot.dialogue.flows.places import Places
from bot.dialogue.flows.points import PointsFlow
from bot.dialogue.flows.price import Price
from bot.dialogue.flows.privacy import Privacy
from bot.dialogue.flows.receipts import RECEIPTS
from bot.dialogue.flows.reconciliation import RECONCILIATION
from bot.dialogue.flows.smalltalk import SmallTalk
from bot.dialogue.flows.ukey import UKey
from bot.dialogue.flows.welcome import Welcome

_ALL: tuple[Flow, ...] = (
    Human(), Loan(), LoanCases(), Price(), Calculator(), GuideFlow(), PointsFlow(), UKey(), RECEIPTS, RECONCILIATION,
    PAYROLL, Fraud(), Complaint(), Callback(), SmallTalk(), Welcome(), Places(), Media(), Privacy(), Faq(), Fallback(),
)  # fmt: skip

FLOWS: Mapping[str, Flow] = {flow.name: flow for flow in _ALL}
