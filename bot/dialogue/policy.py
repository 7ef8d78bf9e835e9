"""Who answers this message: a tap, a wish for a person, a correction, the flow that waits, or the flow of what was
understood.

Called once per message by bot/dialogue/turn.py. Every answer leaves here with a way to a person and, the first
time, with the word that a machine is speaking.
"""

from dataclasses import replace

from bot.customers.rules import MARKETING_STOP, Purpose
from bot.dialogue import choices, clauses, several
from bot.dialogue.finishing import finish
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import FLOWS
from bot.dialogue.flows.calculator import FLOW as CALCULATOR
from bot.dialogue.flows.fallback import rejected
from bot.dialogue.flows.howto import CHANNEL
from bot.dialogue.flows.human import LOAN
from bot.dialogue.flows.privacy import find_request
from bot.dialogue.flows.pushed import scanned, speaks_of_article
from bot.dialogue.flows.repeating import not_twice
from bot.dialogue.flows.saying import open_topic
from bot.dialogue.flows.slowly import FLOW as SLOWLY
from bot.dialogue.flows.slowly import goes_on
from bot.dialogue.moving import CONTINUE, START, answered, asked, begin, begun_by_tap, continued, switch
from bot.dialogue.negation import Correction, find_correction, without_rejected
from bot.dialogue.restarting import restarted, stepped_back
from bot.dialogue.session import Session
from bot.dialogue.slots import without_need
from bot.dialogue.understanding import by_keywords
from bot.dialogue.understood import judged_of, meant, understood
from bot.messages import EventName, MessageKind, Reply

BY_FRAUD_WORDS = "fraud_words"
COMPLAINT = "complaint"
COMPLAINS = "投诉"
CARDS = "cards"
# Who asks only in which city he is leaves room for an answer to what was interrupted.
ASK_BY_THE_WAY = (None, "places")
PRIVACY = "privacy"
# Taps that count however late they are worked off; a menu line comes without words.
TAPS_TO_PEOPLE = frozenset({choices.HUMAN.id, f"{choices.ASK}:{COMPLAINT}"})
# Taps on these interrupt nothing: a person for the matter in hand, the next step of the same answer.
STAYING = frozenset({"human", SLOWLY})


def decide(turn: Turn) -> Step:
    """The step this message leads to."""
    tapped = turn.choice or choices.picked(turn.text, turn.session.offered, turn.session.flow) or goes_on(turn)
    turn = replace(turn, choice=tapped or _typed_way_back(turn))
    step = _decide(turn)
    if step.session.guesses is turn.session.guesses:
        # Guesses are about the message before this one only.
        step = replace(step, session=replace(step.session, guesses=()))
    return finish(turn, not_twice(turn, step))


def decide_late(turn: Turn) -> Step | None:
    """The step of a message worked off late, after a word of apology, if words rule what it asks; None for all else."""
    if turn.understanding.by == BY_FRAUD_WORDS:
        step: Step | None = begin(turn, turn.understanding.intent)
    elif turn.choice in TAPS_TO_PEOPLE:
        step = _tapped(turn, turn.choice)
    else:
        step = _owed(turn)
    if step is None:
        return None
    return finish(turn, replace(step, replies=(turn.content.say("late_sorry"), *step.replies)))


def refusal(turn: Turn) -> Step | None:
    """What follows when he wants no marketing, or no advice made from what is known of him; None for all else."""
    if choices.opts_out(turn.text):
        return _refused(turn.session, turn.content.say("opted_out"), MARKETING_STOP)
    if choices.refuses_profiling(turn.text):
        return _refused(without_need(turn.session), turn.content.say("profiling_refused"), (Purpose.PROFILING,))
    return None


def _refused(session: Session, said: Reply, purposes: tuple[Purpose, ...]) -> Step:
    return Step(session, (said,), withdraws=purposes, withdrawn_by=said.source or "")


def _typed_way_back(turn: Turn) -> str | None:
    """回到贷款 typed long after its line went out of sight."""
    named = turn.text.strip().removeprefix("回到")
    if named == turn.text.strip():
        return None
    return next((f"{flow}:{CONTINUE}" for flow, topic in turn.content.topics.items() if topic == named), None)


def _decide(turn: Turn) -> Step:
    if turn.understanding.by == BY_FRAUD_WORDS:
        return begin(turn, turn.understanding.intent)
    if turn.message.event is EventName.SUBSCRIBE:
        return FLOWS["welcome"].start(turn)
    if turn.message.event is EventName.SCAN:
        return scanned(turn) or Step(turn.session)
    if turn.choice is not None:
        step = _tapped(turn, turn.choice)
        if step is not None:
            return step
        turn = replace(turn, choice=None)
    if choices.takes_all(turn.text):
        lines = (choices.split(choice_id) for choice_id, _ in turn.session.offered)
        step = several.all_of(turn, [intent for kind, intent in lines if kind == choices.ASK])
        if step is not None:
            return step
    return (
        _ruled_by_words(turn)
        or restarted(turn)
        or _corrected(turn)
        or _resumed(turn)
        or stepped_back(turn)
        or speaks_of_article(turn)
        or understood(turn)
    )


def _tapped(turn: Turn, choice_id: str) -> Step | None:
    """What a tapped line leads to; None for lines that are not ours (any more)."""
    name, rest = choices.split(choice_id)
    if name == choices.ASK:
        return asked(turn, rest) if rest in turn.content.intent_flows else None
    flow = FLOWS.get(name)
    if flow is None:
        return None
    if rest == CONTINUE:
        return continued(turn, flow)
    turn = replace(turn, choice=rest)
    # A person is asked for from within a matter: which one it is, decides the desk.
    turn = turn if flow.name in STAYING else switch(turn, flow)
    step = flow.resume(turn)
    if step is None and rest == START:
        return begun_by_tap(turn, flow)
    return answered(step) if step is not None else None


def _ruled_by_words(turn: Turn) -> Step | None:
    """What words decide in every state, before any flow and whatever the model thinks."""
    owed = _owed(turn)
    if owed is not None:
        return owed
    if choices.speaks_of_binding(turn.text):
        return FLOWS["identity"].start(turn)
    if turn.message.kind not in (MessageKind.TEXT, MessageKind.EVENT) and not turn.text:
        return FLOWS["media"].start(turn)
    return None


def _owed(turn: Turn) -> Step | None:
    """What he has a right to: a no to marketing, a complaint and a person, each whatever else the sentence says; then
    what is held of him.
    """
    refused = refusal(turn)
    if refused is not None:
        turn = replace(turn, session=refused.session)
    step = _to_people(turn)
    if refused is not None and step is not None:
        said = (*refused.replies, *step.replies)
        return replace(step, replies=said, withdraws=refused.withdraws, withdrawn_by=refused.withdrawn_by)
    if step is not None or refused is not None:
        return step or refused
    if turn.session.flow != PRIVACY and find_request(turn.text) is not None:
        return FLOWS[PRIVACY].start(switch(turn, FLOWS[PRIVACY]))
    return None


def _to_people(turn: Turn) -> Step | None:
    if choices.complains(turn.text):
        return begin(turn, COMPLAINT)
    return FLOWS["human"].start(turn) if _wants_human(turn) else None


def _wants_human(turn: Turn) -> bool:
    if choices.wants_human(turn.text):
        return True
    if COMPLAINS in turn.text:
        return False
    return any(choices.is_bare_wish_for_human(part) for part in clauses.split(turn.text, turn.content.context.subjects))


def _corrected(turn: Turn) -> Step | None:
    """不是贷款，是积分: the rest decides. None when nothing was put aside, or only a fact of the open question."""
    session = turn.session
    # While channel or card are the question, 不是手机银行，是网银 and 不是这个 answer it.
    if turn.message.kind is MessageKind.EVENT or session.step in (CHANNEL, CARDS):
        return None
    correction = find_correction(turn)
    if correction is None:
        return None
    if choices.is_none_of_them(turn.text) and open_topic(turn) is not None:
        return None
    if not correction.meant:
        return rejected(turn, session.guesses) if session.introduced else None
    if not correction.rejected and session.flow in (LOAN, CALCULATOR):
        return None
    return _read_rest(turn, correction)


def _read_rest(turn: Turn, correction: Correction) -> Step | None:
    rest = without_rejected(turn, correction)
    intent = meant(rest)
    if intent is not None and turn.session.flow is not None and turn.content.intent_flows[intent] == turn.session.flow:
        return None
    if intent is not None:
        return replace(understood(rest), read_as=None)
    aside = by_keywords(correction.rejected, turn.content).intent
    others = [one for one in judged_of(rest).candidates if one not in (aside, turn.session.last_intent)]
    return rejected(rest, others)


def _resumed(turn: Turn) -> Step | None:
    """The answer a flow was waiting for, or one that was interrupted; None is a change of topic."""
    session = turn.session
    if session.flow is not None and session.flow in FLOWS:
        step = FLOWS[session.flow].resume(turn)
        if step is not None:
            tells = session.flow in (LOAN, CALCULATOR) and session.step != CARDS
            return answered(several.beside_answer(turn, step, meant) if tells else step)
    if session.paused is None or session.paused[0] not in FLOWS:
        return None
    back = f"{session.paused[0]}:{CONTINUE}"
    if any(choice_id == back for choice_id, _ in session.offered) and choices.is_yes(turn.text):
        return continued(turn, FLOWS[session.paused[0]])
    if choices.is_yes(turn.text) or choices.is_no(turn.text) or session.flow not in ASK_BY_THE_WAY:
        return None
    interrupted = replace(session.waiting_in(*session.paused), paused=None)
    step = FLOWS[session.paused[0]].resume(replace(turn, session=interrupted))
    return answered(step) if step is not None else None
