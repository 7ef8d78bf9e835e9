"""The owner's own loans: progress, due day, limit. Facts only for bound firms, straight from the core bank."""

from collections.abc import Sequence

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer
from bot.dialogue.flows.verdicts import checked, heard
from bot.errors import BankUnavailable, NotFound
from bot.knowledge.rates import amount_text
from bot.messages import Choice, Reply
from bot.ports import LoanCase

STAGES = {
    "enquiry": ("咨询中", "还没有正式申请，想申请的话跟我说一声。"),
    "applied": ("审批中", "一般几个工作日出结果，有消息会通知您。"),
    "approved": ("已批准", "现在就可以在手机银行里提款。"),
    "drawn": ("已提款", "请按约定用途使用，记好还款日。"),
    "repaid": ("已还清", "要开结清证明，跟我说一声。"),
    "rejected": ("暂未通过", "原因请在手机银行“我的申请”里看，或请服务代表帮您看看别的产品。"),
}
DRAWDOWN = Choice("ask:loan_drawdown", "怎么提款")


class LoanCases:
    """Own facts when bound, else where to look."""

    name = "loan_case"
    intents: tuple[str, ...] = ("loan_progress", "loan_repayment", "loan_limit")

    def start(self, turn: Turn) -> Step:
        """The fact that was asked for."""
        intent = turn.understanding.intent
        if turn.firm is None:
            return checked(turn, self.name, answer(turn, intent))
        try:
            loans = turn.bank.get_loans(turn.firm.firm_id)
        except BankUnavailable:
            return checked(turn, self.name, answer(turn, "loan_case_unavailable"))
        except NotFound:
            loans = ()
        if not loans:
            return checked(turn, self.name, answer(turn, "loan_none_bound"))
        return checked(turn, self.name, _tell(turn, intent, loans))

    def resume(self, turn: Turn) -> Step | None:
        """Whether it helped."""
        return heard(turn, self.name)


def _tell(turn: Turn, intent: str, loans: Sequence[LoanCase]) -> Reply:
    own = {"loan_repayment": _due, "loan_limit": _limit, "loan_progress": _progress}[intent](turn, loans)
    return own or answer(turn, intent)


def _due(turn: Turn, loans: Sequence[LoanCase]) -> Reply | None:
    owed = [(loan.due_on, loan.product) for loan in loans if loan.due_on is not None]
    if not owed:
        return None
    day, product = min(owed)
    return answer(turn, "loan_repayment_bound", product=_name(turn, product), due=f"{day.month}月{day.day}日")


def _limit(turn: Turn, loans: Sequence[LoanCase]) -> Reply | None:
    for loan in loans:
        if loan.limit_fen is not None and loan.available_fen is not None:
            figures = {"limit": amount_text(loan.limit_fen), "available": amount_text(loan.available_fen)}
            return answer(turn, "loan_limit_bound", product=_name(turn, loan.product), **figures)
    return None


def _progress(turn: Turn, loans: Sequence[LoanCase]) -> Reply | None:
    newest = loans[0]
    if newest.stage not in STAGES:
        return None
    stage, following = STAGES[newest.stage]
    lines = (DRAWDOWN,) if newest.stage == "approved" else ()
    return answer(turn, "loan_progress_bound", *lines, product=_name(turn, newest.product), stage=stage, next=following)


def _name(turn: Turn, product_id: str) -> str:
    return next((product.name for product in turn.content.products if product.id == product_id), product_id)
