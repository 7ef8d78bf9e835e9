"""Who may do what in the firm's online bank: the administrator's name, masked, and the way to change rights."""

from bot.core_bank import OperatorState, Role
from bot.customers.masking import mask_name
from bot.customers.rules import Telling
from bot.dialogue.flow import Turn
from bot.dialogue.flows.own_facts import OwnFacts
from bot.dialogue.flows.saying import answer
from bot.messages import Reply


def _permission(turn: Turn, firm_id: str) -> tuple[Reply, ...]:
    operators = turn.bank.get_operators(firm_id)
    if not operators:
        return (answer(turn, "operator_permission_bound_no_ebank"),)
    admins = [mask_name(one.name) for one in operators if Role.ADMIN in one.roles and one.state is OperatorState.ACTIVE]
    if not admins:
        return (answer(turn, "operator_permission_bound_none"),)
    return (answer(turn, "operator_permission_bound", admins="、".join(filter(None, admins))),)


OPERATORS = OwnFacts("operators", Telling.ACCOUNT, {"operator_permission": _permission}, {})
