"""Which way a lead may go, what the bank's facts mean for it, and whose word on the need counts."""

import pytest

from bot.leads import rules
from bot.leads.model import LeadStage


@pytest.mark.parametrize(
    ("now", "to", "may"),
    [
        (LeadStage.ENQUIRY, LeadStage.APPLIED, True),
        (LeadStage.ENQUIRY, LeadStage.PAID, True),
        (LeadStage.APPROVAL, LeadStage.APPLIED, False),
        (LeadStage.APPLIED, LeadStage.APPLIED, False),
        (LeadStage.DRAWING, LeadStage.LOST, True),
        (LeadStage.PAID, LeadStage.LOST, False),
        (LeadStage.LOST, LeadStage.ENQUIRY, False),
    ],
)
def test_a_lead_goes_forward_or_out(now: LeadStage, to: LeadStage, *, may: bool) -> None:
    assert rules.may_go(now, to) is may


@pytest.mark.parametrize(
    ("fact", "said", "stage"),
    [
        ("drawdown_paid", None, LeadStage.PAID),
        ("application_stage_changed", "applied", LeadStage.APPLIED),
        ("application_stage_changed", "checking", LeadStage.APPROVAL),
        ("application_stage_changed", "rejected", LeadStage.LOST),
        ("application_stage_changed", "enquiry", None),
        ("application_stage_changed", None, None),
        ("points_redeemed", None, None),
    ],
)
def test_the_banks_facts_name_a_stage(fact: str, said: str | None, stage: LeadStage | None) -> None:
    assert rules.bank_stage(fact, said) is stage


def test_the_reps_word_stands_above_the_customers_next_one() -> None:
    need = rules.told({}, {"purpose": "备货", "years": 4, "elder": True})
    need = rules.corrected(need, {"purpose": "装修", "years": 4}, "rep01")
    need = rules.told(need, {"purpose": "买车", "term": 6})

    assert need == {
        "purpose": {"value": "装修", "by": "rep01"},
        "years": {"value": 4, "by": "customer"},
        "term": {"value": 6, "by": "customer"},
    }
