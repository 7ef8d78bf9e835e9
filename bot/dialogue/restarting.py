"""重来 and 上一步 where no flow waits for them: the matter in hand from its beginning, or a word that there is none.
Called by bot/dialogue/policy.py.
"""

from dataclasses import replace

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import FLOWS, guide
from bot.dialogue.flows.saying import answer, idle, open_topic
from bot.dialogue.moving import asked, continued
from bot.dialogue.session import Session
from bot.dialogue.slots import NEED

# What a matter begun anew does not know any more.
FORGOTTEN = frozenset({*NEED, "product", "skipped", "cards", "card", "asked", "cause", "ukey_cause", "monthly"})


def restarted(turn: Turn) -> Step | None:
    """The answer to 重来; None for other words."""
    if not choices.restarts(turn.text):
        return None
    flow = turn.session.flow
    if flow == guide.FLOW and turn.session.guide is not None:
        step = guide.begin(replace(turn, session=replace(turn.session, guide=None)), turn.session.guide[0])
    elif flow is not None and open_topic(turn) is not None:
        step = _begun_anew(turn, flow)
    else:
        return idle(replace(turn, session=replace(turn.session, paused=None)), answer(turn, "restart_nothing"))
    return replace(step, replies=(answer(turn, "restarted"), *step.replies))


def stepped_back(turn: Turn) -> Step | None:
    """The answer to 上一步 that no flow took: back to what was interrupted, or that there is nothing before."""
    if not choices.goes_back(turn.text):
        return None
    paused = turn.session.paused
    if paused is not None and paused[0] in FLOWS:
        return continued(turn, FLOWS[paused[0]])
    return Step(turn.session, (answer(turn, "nothing_before"),))


def _begun_anew(turn: Turn, name: str) -> Step:
    flow = FLOWS[name]
    session = _forgetful(turn.session)
    turn = replace(turn, session=session, message=replace(turn.message, text=""), choice=None)
    # What he asked for last, if this flow serves it; else what it serves first.
    served = next((one for one in (session.last_intent, *flow.intents) if one in flow.intents), None)
    return asked(turn, served) if served is not None else flow.start(turn)


def _forgetful(session: Session) -> Session:
    slots = {name: value for name, value in session.slots.items() if name not in FORGOTTEN}
    return replace(session.idle(), slots=slots)
