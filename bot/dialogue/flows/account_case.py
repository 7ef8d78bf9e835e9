"""The firm's own accounts: what they can be used for now, the year's check, what was charged.

Why an account is restricted is never told, only what it can be used for and where the reason is: it could be a report
nobody may know of. Balances stay out of the chat unless config/bank.yml allows them.
"""

import re
from collections.abc import Sequence

from bot.clock import local_day
from bot.core_bank import AccountState, BankAccount, Profile
from bot.customers.rules import Telling
from bot.dialogue.flow import Turn
from bot.dialogue.flows.own_facts import OwnFacts
from bot.dialogue.flows.saying import answer, day_text
from bot.errors import BankUnavailable, NotFound
from bot.knowledge.rates import amount_text
from bot.messages import Reply

# The gravest first.
RESTRICTED = (AccountState.FROZEN, AccountState.COLLECT_ONLY, AccountState.DORMANT)
# Half a year before an account becomes dormant is time enough to use it once.
SILENT_DAYS = 180
_ASKS_BALANCE = re.compile(r"余额|(还有|还剩|剩|有)多少钱")


def _freeze(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    accounts = turn.bank.get_bank_accounts(firm_id)
    if not accounts:
        return ()
    told = tuple(
        answer(turn, f"account_freeze_bound_{state}", accounts=_names(held))
        for state in RESTRICTED
        if (held := [account for account in accounts if account.state is state])
    )
    if not told:
        return (answer(turn, "account_freeze_bound_normal"),)
    return (*told, *_papers_if_told(turn, firm_id))


def _dormant(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    accounts = turn.bank.get_bank_accounts(firm_id)
    if not accounts:
        return ()
    today = local_day(turn.now)
    dormant = [account for account in accounts if account.state is AccountState.DORMANT]
    silent = [
        account
        for account in accounts
        if account.state is AccountState.NORMAL and (today - account.last_activity_on).days >= SILENT_DAYS
    ]
    for reply_id, held in (("account_dormant_bound", dormant), ("account_dormant_bound_soon", silent)):
        if held:
            last = day_text(max(account.last_activity_on for account in held), today)
            return (answer(turn, reply_id, accounts=_names(held), day=last),)
    return (answer(turn, "account_dormant_bound_none"),)


def _annual_check(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    profile = turn.bank.get_profile(firm_id)
    check = profile.annual_check
    today = local_day(turn.now)
    due = f"{day_text(check.due_on, today)}前" if check.due_on and check.due_on >= today else "尽快"
    told = answer(turn, f"account_annual_check_bound_{check.state}", year=check.year, due=due)
    return (told, *_expired_papers(turn, profile))


def _fees(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    fees = turn.bank.get_fees(firm_id)
    if not fees:
        return (answer(turn, "account_fees_bound_none"),)
    last = fees[0]
    facts = {"kind": last.kind, "amount": amount_text(last.amount_fen), "tail": last.tail}
    return (answer(turn, "account_fees_bound", day=day_text(last.charged_on, local_day(turn.now)), **facts),)


def _statement(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    """How to look it up; the balance itself only where that is allowed, and only to the question for it."""
    if not turn.content.tells_balance or not _ASKS_BALANCE.search(turn.text):
        return ()
    accounts = turn.bank.get_bank_accounts(firm_id)
    lines = "\n".join(f"{_name(account)}：{amount_text(account.balance_fen)}" for account in accounts)
    return (answer(turn, "account_statement_bound", lines=lines),) if accounts else ()


ACCOUNT_CASES = OwnFacts(
    "account_case",
    Telling.ACCOUNT,
    {
        "account_freeze": _freeze,
        "account_dormant": _dormant,
        "account_annual_check": _annual_check,
        "account_fees": _fees,
        "account_statement": _statement,
    },
    {},
)


def _papers_if_told(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    """Expired papers are worth a word, but the answer stands without it."""
    try:
        return _expired_papers(turn, turn.bank.get_profile(firm_id))
    except (BankUnavailable, NotFound):
        return ()


def _expired_papers(turn: Turn, profile: Profile) -> tuple[Reply, ...]:
    today = local_day(turn.now)
    papers = (("营业执照", profile.licence_expires_on), ("法人身份证", profile.id_expires_on))
    expired = [name for name, ends_on in papers if ends_on is not None and ends_on < today]
    return (answer(turn, "account_papers_expired", papers="和".join(expired)),) if expired else ()


def _names(accounts: Sequence[BankAccount]) -> str:
    return "、".join(_name(account) for account in accounts)


def _name(account: BankAccount) -> str:
    return f"尾号{account.tail}的{account.kind}"
