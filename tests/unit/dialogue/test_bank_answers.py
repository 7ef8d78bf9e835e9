"""What a bound owner hears about his own, what everybody else hears, and what is said when the bank is silent."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.core_bank import (
    AccountState,
    AnnualCheck,
    AnnualCheckState,
    Application,
    BankAccount,
    Certificate,
    CertificateState,
    CreditLimit,
    EbankState,
    Fee,
    Instalment,
    LimitState,
    Loan,
    LoanState,
    Operator,
    OperatorState,
    Profile,
    Role,
    Stage,
)
from bot.messages import Understanding
from bot.ports import Points
from tests.unit.dialogue.chat import FIRM, Chat

TODAY = date(2026, 11, 24)
NOISE = Understanding("affirm", 0.12, (("affirm", 0.12), ("greet", 0.11)))
POINTS = Points(12_800, ((3_000, date(2026, 11, 30)),))
ACCOUNT = BankAccount("基本户", "2977", AccountState.NORMAL, 8_642_350, date(2022, 1, 5), date(2026, 11, 20))
OTHER = replace(ACCOUNT, kind="一般户", tail="0018")
PROFILE = Profile(None, date(2035, 1, 1), AnnualCheck(2026, AnnualCheckState.PASSED, None), EbankState.SIGNED)
LIMIT = CreditLimit("jingying_kuaidai", LimitState.EFFECTIVE, 50_000_000, 30_000_000, date(2027, 5, 1))
APPLICATION = Application("jingying_kuaidai", Stage.APPROVED, 50_000_000, date(2026, 11, 20))
LOAN = Loan("经营快贷", LoanState.NORMAL, 20_000_000, date(2027, 4, 20), (Instalment(date(2026, 12, 20), 57_500),))
CERTIFICATE = Certificate("U00000011", CertificateState.ACTIVE, date(2028, 8, 8))
ADMIN = Operator("陶建国", frozenset({Role.ADMIN}), OperatorState.ACTIVE)
CLERK = Operator("李小燕", frozenset({Role.MAKER}), OperatorState.ACTIVE)
FEE = Fee("网银服务费", 20_000, date(2026, 11, 1), "2977")

# What only the bank's own people may know: none of it may ever be hinted at.
SECRET = ("可疑", "洗钱", "涉案", "风控", "司法", "公安", "有权机关", "异常交易", "监测", "报告", "调查")

# Each matter with words of its answer that can only come from the bank.
MATTERS: Mapping[str, str] = {
    "points_balance": "12,800积分",
    "points_expiry": "3,000分11月30日到期",
    "loan_progress": "经营快贷已批准（11月20日）",
    "loan_repayment": "下一期是12月20日，应还575元",
    "loan_limit": "额度50万元，目前还可用30万元，2027年5月1日到期",
    "loan_early_repayment": "还剩本金20万元，2027年4月20日到期",
    "loan_renewal": "2027年4月20日到期，还有147天，不着急",
    "account_freeze": "账户状态都正常",
    "account_dormant": "没有不动户",
    "account_annual_check": "2026年的年检已经通过",
    "account_fees": "11月1日的网银服务费200元，从尾号2977",
    "operator_permission": "管理员是陶*",
}


@pytest.fixture
def bound(chat: Chat) -> Chat:
    chat.firm, bank = FIRM, chat.bank
    bank.points["F1"], bank.profiles["F1"] = POINTS, PROFILE
    bank.accounts["F1"], bank.limits["F1"], bank.applications["F1"] = (ACCOUNT,), (LIMIT,), (APPLICATION,)
    bank.loans["F1"], bank.certificates["F1"] = (LOAN,), (CERTIFICATE,)
    bank.operators["F1"], bank.fees["F1"] = (CLERK, ADMIN), (FEE,)
    return chat


@pytest.mark.parametrize(("intent", "words"), MATTERS.items())
def test_a_bound_owner_hears_of_his_own(bound: Chat, intent: str, words: str) -> None:
    assert words in bound.say("查一下", intent).text


@pytest.mark.parametrize("intent", [*MATTERS, "account_statement"])
def test_a_follower_who_is_not_bound_hears_what_everybody_may_and_nobody_is_asked(chat: Chat, intent: str) -> None:
    assert chat.say("查一下", intent).said[0] == intent
    assert chat.bank.asked == []


@pytest.mark.parametrize("intent", MATTERS)
def test_a_silent_bank_is_admitted_with_a_way_ahead(bound: Chat, intent: str) -> None:
    bound.bank.is_down = True

    bound.say("查一下", intent)

    assert bound.said[0] == ("points_unavailable" if intent.startswith("points") else f"{intent}_unavailable")
    assert "暂时查不到" in bound.text
    assert "可" in bound.text
    assert "人工" in bound.lines.values()


@pytest.mark.parametrize("intent", [intent for intent in MATTERS if not intent.startswith("points")])
def test_asking_again_once_the_bank_is_back_gives_the_answer(bound: Chat, intent: str) -> None:
    bound.bank.is_down = True
    bound.say("查一下", intent)
    bound.bank.is_down = False

    assert MATTERS[intent] in bound.tap("再查一次").text


@pytest.mark.parametrize("intent", MATTERS)
def test_a_firm_the_bank_has_nothing_about_gets_an_answer_all_the_same(chat: Chat, intent: str) -> None:
    chat.firm = FIRM

    assert chat.say("查一下", intent).said[0] in (intent, "points_no_account")


@pytest.mark.parametrize("intent", [intent for intent in MATTERS if not intent.startswith("points")])
def test_whoever_was_not_helped_gets_a_person_of_the_right_desk(bound: Chat, intent: str) -> None:
    bound.say("查一下", intent).tap("没解决").say("没解决", NOISE)

    assert bound.step.handoff is not None
    assert bound.step.handoff.skill == bound.content.intent_skills[intent]
    assert bound.content.intent_labels[intent] in bound.step.handoff.reason


def test_whoever_was_helped_says_so_and_it_is_kept(bound: Chat) -> None:
    assert bound.say("账户冻结了吗", "account_freeze").tap("解决了").step.outcome == "solved"


def test_a_fact_that_is_taken_note_of_needs_no_trying_out(bound: Chat) -> None:
    bound.say("什么时候还款", "loan_repayment").say("好的", "affirm")

    assert bound.said == ("affirm",)
    assert bound.session.flow is None


def test_two_facts_in_one_message_are_both_told(bound: Chat) -> None:
    bound.say("我的额度是多少？什么时候还款？")

    assert MATTERS["loan_limit"] in bound.text
    assert MATTERS["loan_repayment"] in bound.text


@pytest.mark.parametrize("topic", ["loan_limit", "loan_drawdown"])
def test_when_to_pay_back_is_about_the_day_and_not_about_how_far_it_is(bound: Chat, topic: str) -> None:
    bound.say("查一下", topic)

    assert "应还575元" in bound.say("什么时候还", "loan_repayment").text


def test_another_matter_while_a_verdict_is_awaited_is_another_matter(bound: Chat) -> None:
    bound.say("账户冻结了吗", "account_freeze")

    assert bound.say("电子回单怎么下载", "e_receipt").said == ("e_receipt",)


def test_a_fact_beside_an_open_question_leads_back_to_it(bound: Chat) -> None:
    bound.say("我想贷款", "loan_apply").say("我的管理员是谁？", "operator_permission")

    assert "管理员是陶*" in bound.text
    assert "回到贷款" in bound.lines.values()
    assert "解决了" not in bound.lines.values()


def test_points_that_do_not_lapse_soon_are_said_so(bound: Chat) -> None:
    bound.bank.points["F1"] = Points(100, ())

    assert "近期没有要到期的" in bound.say("积分到期吗", "points_expiry").text


def test_a_visitor_learns_how_to_look_and_how_to_bind(chat: Chat) -> None:
    chat.say("我的积分", "points_balance")

    assert "我的权益" in chat.text
    assert "微信绑定" in chat.text


def test_redeeming_is_a_guide(chat: Chat) -> None:
    chat.say("我的积分", "points_balance").tap("兑换积分")

    assert chat.said == ("points_redeem", "guide.points_redeem")
    assert "加油卡" in chat.text


Change = Callable[[Chat], None]


def _accounts(*accounts: BankAccount) -> Change:
    return lambda chat: chat.bank.accounts.update(F1=accounts)


def _check(state: AnnualCheckState, due_on: date | None = None) -> Change:
    return lambda chat: chat.bank.profiles.update(F1=replace(PROFILE, annual_check=AnnualCheck(2026, state, due_on)))


def _application(stage: Stage) -> Change:
    return lambda chat: chat.bank.applications.update(F1=(replace(APPLICATION, stage=stage),))


def _limit(state: LimitState) -> Change:
    usable = (replace(LIMIT, product="税务贷"),) if state is LimitState.EFFECTIVE else ()
    return lambda chat: chat.bank.limits.update(F1=(replace(LIMIT, state=state), *usable))


def _loans(*loans: Loan) -> Change:
    return lambda chat: chat.bank.loans.update(F1=loans)


def _maturing(days: int) -> Loan:
    return replace(LOAN, matures_on=TODAY + timedelta(days=days))


SETTLED = replace(LOAN, state=LoanState.SETTLED, outstanding_fen=0, plan=())
LATE = replace(LOAN, state=LoanState.OVERDUE, plan=(Instalment(date(2026, 11, 20), 57_500),))


@pytest.mark.parametrize(
    ("intent", "change", "words"),
    [
        ("account_freeze", _accounts(replace(ACCOUNT, state=AccountState.FROZEN), OTHER), "尾号2977的基本户目前暂时不能收付款"),
        ("account_freeze", _accounts(ACCOUNT, replace(OTHER, state=AccountState.COLLECT_ONLY)), "尾号0018的一般户目前能收款，暂时不能付款"),
        ("account_freeze", _accounts(replace(ACCOUNT, state=AccountState.DORMANT)), "转为不动户"),
        ("account_freeze", _accounts(*(replace(one, state=AccountState.FROZEN) for one in (ACCOUNT, OTHER))), "尾号2977的基本户、尾号0018的一般户目前"),
        ("account_dormant", _accounts(replace(ACCOUNT, state=AccountState.DORMANT, last_activity_on=date(2025, 3, 1))), "最近一笔收付是2025年3月1日，已转为不动户"),
        ("account_dormant", _accounts(replace(ACCOUNT, last_activity_on=date(2026, 4, 1))), "4月1日，现在还正常"),
        ("account_annual_check", _check(AnnualCheckState.PENDING), "还在系统自动比对"),
        ("account_annual_check", _check(AnnualCheckState.EXEMPT), "2026年不用年检"),
        ("account_annual_check", _check(AnnualCheckState.MISMATCH, date(2026, 12, 31)), "请法人12月31日前带"),
        ("account_annual_check", _check(AnnualCheckState.MISMATCH, date(2026, 9, 30)), "请法人尽快带"),
        ("account_fees", lambda chat: chat.bank.fees.update(F1=()), "近期没有被收费用"),
        ("operator_permission", lambda chat: chat.bank.operators.update(F1=()), "还没开通企业网银"),
        ("operator_permission", lambda chat: chat.bank.operators.update(F1=(CLERK, replace(ADMIN, state=OperatorState.DISABLED))), "没有能用的管理员"),
        ("operator_permission", lambda chat: chat.bank.operators.update(F1=(ADMIN, replace(ADMIN, name="周平"))), "陶*、周*"),
        ("loan_progress", _application(Stage.ENQUIRY), "还在咨询阶段"),
        ("loan_progress", _application(Stage.APPLIED), "正在审批"),
        ("loan_progress", _application(Stage.CHECKING), "线下核实"),
        ("loan_progress", _application(Stage.DRAWN), "已提款"),
        ("loan_progress", _application(Stage.REPAID), "已还清"),
        ("loan_progress", _application(Stage.REJECTED), "暂未通过"),
        ("loan_progress", lambda chat: chat.bank.applications.update(F1=()), "没查到您企业名下的贷款"),
        ("loan_limit", _limit(LimitState.PENDING), "还要线下核实"),
        ("loan_limit", _limit(LimitState.SUSPENDED), "暂时不能提款"),
        ("loan_limit", lambda chat: chat.bank.limits.update(F1=()), "没有批下来的额度"),
        ("loan_repayment", _loans(LATE), "11月20日应还的575元还没还上"),
        ("loan_repayment", _loans(SETTLED), "没有要还的贷款"),
        ("loan_repayment", _loans(LOAN, replace(LATE, product="网贷通")), "您的网贷通有一期11月20日"),
        ("loan_repayment", _loans(LOAN, LOAN), "另外还有1笔"),
        ("loan_early_repayment", _loans(replace(LOAN, product="税务贷"), _maturing(3)), "您的经营快贷还剩本金"),
        ("loan_early_repayment", _loans(SETTLED), "可以提前还"),
        ("loan_renewal", _loans(_maturing(60)), "还有60天，现在就可以问续贷"),
        ("loan_renewal", _loans(_maturing(61)), "不着急"),
        ("loan_renewal", _loans(_maturing(1)), "还有1天"),
        ("loan_renewal", _loans(_maturing(0)), "得马上办"),
        ("loan_renewal", _loans(_maturing(-5)), "是11月19日到期，得马上办"),
        ("loan_renewal", _loans(SETTLED), "快到期了别着急"),
    ],
)  # fmt: skip
def test_each_state_has_its_words(bound: Chat, intent: str, change: Change, words: str) -> None:
    change(bound)

    assert words in bound.say("查一下", intent).text


@pytest.mark.parametrize("intent", ["loan_progress", "loan_repayment", "loan_limit"])
def test_a_visitor_learns_where_to_look_and_how_to_bind(chat: Chat, intent: str) -> None:
    assert chat.say("查一下", intent).said == (intent, "binding_invite")


def test_a_usable_limit_is_told_before_one_that_waits(bound: Chat) -> None:
    bound.bank.limits["F1"] = (replace(LIMIT, state=LimitState.SUSPENDED), replace(LIMIT, product="税务贷"))

    assert "税务贷额度50万元，目前还可用" in bound.say("额度多少", "loan_limit").text


@pytest.mark.parametrize("state", [AccountState.FROZEN, AccountState.COLLECT_ONLY, AccountState.DORMANT])
def test_why_an_account_is_restricted_is_never_told(bound: Chat, state: AccountState) -> None:
    bound.bank.accounts["F1"] = (replace(ACCOUNT, state=state),)

    bound.say("我账户怎么被冻结了，是不是有什么问题", "account_freeze")

    assert not [word for word in SECRET if word in bound.text]
    assert "开户网点" in bound.text


def test_expired_papers_are_told_where_the_firm_must_go_anyway(bound: Chat) -> None:
    bound.bank.accounts["F1"] = (replace(ACCOUNT, state=AccountState.FROZEN),)
    bound.bank.profiles["F1"] = replace(PROFILE, licence_expires_on=date(2026, 11, 23), id_expires_on=TODAY)

    bound.say("账户用不了", "account_freeze")

    assert "登记的营业执照过期了" in bound.text
    assert "身份证过期" not in bound.text


def test_a_restriction_is_told_even_when_the_papers_cannot_be_looked_up(bound: Chat) -> None:
    bound.bank.accounts["F1"] = (replace(ACCOUNT, state=AccountState.FROZEN),)
    del bound.bank.profiles["F1"]

    assert bound.say("账户用不了", "account_freeze").said == ("account_freeze_bound_frozen",)


@pytest.mark.parametrize("intent", [*MATTERS, "account_statement", "ukey_activate"])
def test_no_answer_but_an_allowed_one_tells_a_balance_or_a_full_name(bound: Chat, intent: str) -> None:
    bound.say("余额多少", intent)

    assert not [secret for secret in ("86,423", "86423", "陶建国", "李小燕") if secret in bound.text]


def test_the_balance_stays_out_of_the_chat_unless_it_is_allowed(bound: Chat) -> None:
    assert not bound.content.tells_balance
    assert bound.say("余额还有多少", "account_statement").said == ("account_statement",)
    assert bound.bank.asked == []


def test_an_allowed_balance_is_told_with_a_masked_account_to_who_asks_for_it(bound: Chat) -> None:
    bound.content = replace(bound.content, tells_balance=True)

    assert "尾号2977的基本户：86,423.50元" in bound.say("余额还有多少", "account_statement").text
    assert bound.say("我要打印流水", "account_statement").said == ("account_statement",)


def test_an_allowed_balance_is_not_made_up(bound: Chat) -> None:
    bound.content = replace(bound.content, tells_balance=True)
    bound.bank.is_down = True
    assert bound.say("余额还有多少", "account_statement").said == ("account_statement_unavailable",)

    bound.bank.is_down = False
    bound.bank.accounts["F1"] = ()

    assert bound.say("查余额", "account_statement").said == ("account_statement",)
