"""Which way a lead may go, and what is known of the need. Pure decisions."""

from collections.abc import Mapping
from typing import Any

from bot.core_bank import Stage
from bot.leads.model import LeadStage

ORDER = (LeadStage.ENQUIRY, LeadStage.APPLIED, LeadStage.APPROVAL, LeadStage.DRAWING, LeadStage.PAID)
CLOSED = frozenset({LeadStage.PAID, LeadStage.LOST})
CUSTOMER = "customer"
# What the need card holds, in the order of a talk; the first six are told in chats, urgency is asked by a rep.
FIELDS = ("industry", "purpose", "amount", "term", "years", "collateral", "urgency")
# What the bank says of an application (core_bank.Stage), by the stage it brings a lead to.
_APPLICATION = {
    Stage.APPLIED: LeadStage.APPLIED,
    Stage.CHECKING: LeadStage.APPROVAL,
    Stage.APPROVED: LeadStage.APPROVAL,
    Stage.DRAWN: LeadStage.DRAWING,
    Stage.REJECTED: LeadStage.LOST,
}


def bank_stage(fact: str, said: str | None) -> LeadStage | None:
    """The stage a fact of the bank brings a lead to, or None for a fact about something else."""
    if fact == "drawdown_paid":
        return LeadStage.PAID
    if fact != "application_stage_changed":
        return None
    return next((to for stage, to in _APPLICATION.items() if stage.value == said), None)


def may_go(now: LeadStage, to: LeadStage) -> bool:
    """True forward, or out of it; what is closed stays closed."""
    if now in CLOSED:
        return False
    return to is LeadStage.LOST or ORDER.index(to) > ORDER.index(now)


def told(need: Mapping[str, Any], slots: Mapping[str, Any]) -> dict[str, Any]:
    """The need with what the customer told; what a rep put right stays as he wrote it."""
    fresh = {name: slots[name] for name in FIELDS if slots.get(name) is not None}
    kept = {name: entry for name, entry in need.items() if entry["by"] != CUSTOMER}
    return {**need, **{name: {"value": value, "by": CUSTOMER} for name, value in fresh.items()}, **kept}


def corrected(need: Mapping[str, Any], given: Mapping[str, Any], username: str) -> dict[str, Any]:
    """The need as a rep puts it right; None makes a field unknown again, what is the same keeps who said so."""
    found = dict(need)
    for name, value in given.items():
        if name in need and need[name]["value"] == value:
            continue
        # Unknown is his word as well: the customer's old one does not come back.
        found[name] = {"value": value, "by": username}
    return found
