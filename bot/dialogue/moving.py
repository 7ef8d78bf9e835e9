"""Into a flow, out of it and back: what is remembered on the way. Called by the policy and by those who read for it."""

from dataclasses import replace

from bot.dialogue import choices
from bot.dialogue.flow import Flow, Step, Turn
from bot.dialogue.flows import FLOWS
from bot.dialogue.flows.saying import open_topic
from bot.messages import Choice, Reply, Understanding

CONTINUE, START = "continue", "start"
MOST_TRIED = 8
# Flows that leave no trace of their own: they neither count as the topic talked about nor as an answer tried.
PASSING = frozenset({"smalltalk", "fallback", "human", "media", "welcome", "callback", "complaint"})


def begin(turn: Turn, intent: str) -> Step:
    """The first step of what was understood."""
    flow = FLOWS[turn.content.intent_flows[intent]]
    turn = switch(turn, flow)
    step = answered(flow.start(turn))
    if flow.name in PASSING:
        return step
    label = turn.content.intent_labels[intent]
    tried = (*(one for one in step.session.tried if one != label), label)[-MOST_TRIED:]
    return replace(step, session=replace(step.session, last_intent=intent, tried=tried))


def begin_as(turn: Turn, intent: str) -> Step:
    """As if the model had been sure of this intent; what the message tells besides stays."""
    return begin(replace(turn, understanding=replace(turn.understanding, intent=intent)), intent)


def asked(turn: Turn, intent: str) -> Step:
    """As if the follower had said it: a tap on one of our own lines needs no model, and its words carry no facts."""
    said = Understanding(intent, 1.0, by="tap")
    return begin(replace(turn, understanding=said, message=replace(turn.message, text=""), choice=None), intent)


def asking_line(turn: Turn, intent: str) -> Choice:
    """A line that asks for this intent, in the owner's words."""
    return Choice(f"{choices.ASK}:{intent}", turn.content.intent_labels[intent])


def also_asked(turn: Turn, intent: str) -> Reply:
    """The second wish of a message as a line to tap."""
    line = asking_line(turn, intent)
    return replace(turn.content.say("also_asked", label=line.text), choices=(line,))


def continued(turn: Turn, flow: Flow) -> Step | None:
    """Back to where this flow was interrupted, else to its beginning; None when it has none of its own."""
    if turn.session.flow == flow.name:
        step = flow.resume(replace(turn, choice=CONTINUE))
        if step is not None:
            return answered(step)
    paused = turn.session.paused
    if paused is not None and paused[0] == flow.name:
        turn = replace(turn, session=replace(turn.session.waiting_in(*paused), paused=None))
        step = flow.resume(replace(turn, choice=CONTINUE))
    else:
        step = flow.resume(replace(turn, choice=START))
    return answered(step) if step is not None else begun_by_tap(turn, flow)


def begun_by_tap(turn: Turn, flow: Flow) -> Step | None:
    """The first step of a flow for whoever named no intent: as of the one talked about last, else of the flow's first.
    None for a flow that serves no intent of its own and only goes on from others.
    """
    if not flow.intents:
        return None
    last = turn.session.last_intent
    intent = last if last in flow.intents else flow.intents[0]
    return answered(flow.start(replace(turn, choice=None, understanding=Understanding(intent, 1.0, by="tap"))))


def switch(turn: Turn, flow: Flow) -> Turn:
    """Remember a flow that is interrupted by another, so that one can come back to it."""
    session = turn.session
    if flow.name == session.flow:
        return turn
    paused = session.paused
    if session.flow is not None and session.step is not None and open_topic(turn) is not None:
        paused = (session.flow, session.step)
    if paused is not None and paused[0] == flow.name:
        paused = None
    return replace(turn, session=replace(session.idle(), paused=paused))


def answered(step: Step) -> Step:
    """Understood: the count of misses starts anew."""
    return replace(step, session=replace(step.session, misses=0))
