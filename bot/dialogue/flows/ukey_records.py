"""What the bank's records say about a firm's U-keys before anything is asked: often the cause, else where to begin.

Called by bot/dialogue/flows/ukey.py for bound followers.
"""

from dataclasses import dataclass

from bot.clock import local_day
from bot.core_bank import Certificate, CertificateState, EbankState
from bot.dialogue.flow import Turn
from bot.dialogue.flows.saying import answer, day_text
from bot.messages import Reply

LAPSED_OR_LOCKED = "ukey_locked_expired"
# A certificate's state by the leaf of the diagnosis tree it proves (config/diagnosis.yml).
_SYMPTOMS = {
    CertificateState.ISSUED: "not_activated",
    CertificateState.EXPIRED: "expired",
    CertificateState.LOCKED: "pin_locked",
}


@dataclass(frozen=True)
class Records:
    """`symptom` is proven, certainly or for one of several keys (`is_sure`); without one, `works` says that the keys
    themselves are in order. `lead` is what to say first.
    """

    lead: Reply
    symptom: str | None = None
    is_sure: bool = False
    works: bool = False


def read_records(turn: Turn, firm_id: str) -> Records:
    """What the bank knows. Raises BankUnavailable, NotFound."""
    certificates = turn.bank.get_certificates(firm_id)
    if not certificates:
        return Records(answer(turn, "ukey_bound_none"))
    faulty = [one for one in certificates if one.state in _SYMPTOMS]
    states = {one.state for one in faulty}
    if len(states) == 1:
        return _proven(turn, faulty, len(certificates))
    if states:
        return Records(answer(turn, "ukey_bound_several"), works=True)
    if turn.bank.get_profile(firm_id).ebank is EbankState.SUSPENDED:
        return Records(answer(turn, "ukey_bound_suspended"), works=True)
    expiring = [one for one in certificates if one.state is CertificateState.EXPIRING]
    if expiring:
        lead = answer(turn, "ukey_bound_expiring", day=_soonest(turn, expiring))
        asks = turn.understanding.intent == LAPSED_OR_LOCKED
        return Records(lead, "expired" if asks else None, is_sure=False, works=True)
    return Records(answer(turn, "ukey_bound_active"), works=True)


def _proven(turn: Turn, faulty: list[Certificate], count: int) -> Records:
    state = faulty[0].state
    is_sure = len(faulty) == count
    which = "" if is_sure else "_one"
    said = {"number": faulty[0].certificate_id[-4:], "day": _soonest(turn, faulty)}
    return Records(answer(turn, f"ukey_bound_{state}{which}", **said), _SYMPTOMS[state], is_sure)


def _soonest(turn: Turn, certificates: list[Certificate]) -> str:
    return day_text(min(one.expires_on for one in certificates), local_day(turn.now))
