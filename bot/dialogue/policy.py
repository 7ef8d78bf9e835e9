"""Who answers this message: a tap, a wish for a person, the flow that waits, or the flow of what was understood.

Called once per message by bot/dialogue/turn.py. Every answer leaves here with a way to a person and, the first
time, with the word that a machine is speaking.
"""

import re
from dataclasses import replace

from bot.dialogue import choices
from bot.dialogue.flow import Flow, Step, Turn
from bot.dialogue.flows import FLOWS
from bot.dialogue.flows.asides import aside
from bot.dialogue.flows.fallback import missed
from bot.dialogue.flows.human import LOAN
from bot.dialogue.flows.loan import open_question, question_of
from bot.dialogue.flows.repeating import not_twice
from bot.dialogue.flows.saying import open_topic
from bot.dialogue.session import Session
from bot.dialogue.slots import find_slots, tells_need
from bot.dialogue.understanding import CALCULATOR, judge, settle
from bot.messages import Choice, EventName, MessageKind, Reply, Understanding

ASK = "ask"
CONTINUE = "continue"
LOAN_WISH = "loan_apply"
ELIGIBILITY = "loan_eligibility"
LOAN_LIMIT = "loan_limit"
BY_FRAUD_WORDS = "fraud_words"
AFFIRM = "affirm"
DENY = "deny"
PICK_A_LOAN = "loan:start"
# A second wish in one message counts from here on.
ALSO_FROM = 0.1
MOST_CHOICES = 4
MOST_TRIED = 8
IDENTIFIES = "智能客服"
_BORROWS = re.compile(r"[贷借]")
_ASKS_SUM = re.compile(r"算|利|息|月供|每月|等额|测")
# Flows that leave no trace of their own: they neither count as the topic talked about nor as an answer tried.
_SUM = {"amount", "term"}
_PASSING = frozenset({"smalltalk", "fallback", "human", "media", "welcome", "callback", "complaint"})


def decide(turn: Turn) -> Step:
    """The step this message leads to."""
    tapped = turn.choice or choices.typed(turn.text, turn.session.offered) or _typed_way_back(turn)
    turn = replace(turn, choice=tapped)
    return _finish(turn, not_twice(turn, _decide(turn)))


def _typed_way_back(turn: Turn) -> str | None:
    """回到贷款 typed long after its line went out of sight."""
    named = turn.text.strip().removeprefix("回到")
    if named == turn.text.strip():
        return None
    return next((f"{flow}:{CONTINUE}" for flow, topic in turn.content.topics.items() if topic == named), None)


def _decide(turn: Turn) -> Step:
    if turn.understanding.by == BY_FRAUD_WORDS:
        return _begin(turn, turn.understanding.intent)
    if turn.message.event is EventName.SUBSCRIBE:
        return FLOWS["welcome"].start(turn)
    if turn.choice is not None:
        step = _tapped(turn, turn.choice)
        if step is not None:
            return step
        turn = replace(turn, choice=None)
    return _ruled_by_words(turn) or _resumed(turn) or _understood(turn)


def _tapped(turn: Turn, choice_id: str) -> Step | None:
    """What a tapped line leads to; None for lines that are not ours (any more)."""
    name, rest = choices.split(choice_id)
    if name == ASK:
        return _asked(turn, rest) if rest in turn.content.intent_flows else None
    flow = FLOWS.get(name)
    if flow is None:
        return None
    if rest == CONTINUE:
        return _continued(turn, flow)
    turn = replace(turn, choice=rest)
    # A person is asked for from within a matter: which one it is, decides the desk.
    turn = turn if flow.name == "human" else _switch(turn, flow)
    step = flow.resume(turn)
    if step is None and rest == "start":
        step = flow.start(turn)
    return _answered(step) if step is not None else None


def _ruled_by_words(turn: Turn) -> Step | None:
    """What words decide in every state, before any flow and whatever the model thinks."""
    if choices.wants_human(turn.text):
        return FLOWS["human"].start(turn)
    if choices.opts_out(turn.text):
        return Step(turn.session, (turn.content.say("opted_out"),), opts_out=True)
    if turn.message.kind not in (MessageKind.TEXT, MessageKind.EVENT) and not turn.text:
        return FLOWS["media"].start(turn)
    return None


def _resumed(turn: Turn) -> Step | None:
    """The answer a flow was waiting for, or one that was interrupted; None is a change of topic."""
    session = turn.session
    if session.flow is not None and session.flow in FLOWS:
        step = FLOWS[session.flow].resume(turn)
        if step is not None:
            return _answered(step)
    if session.paused is None or session.paused[0] not in FLOWS:
        return None
    back = f"{session.paused[0]}:{CONTINUE}"
    if any(choice_id == back for choice_id, _ in session.offered) and choices.is_yes(turn.text):
        return _continued(turn, FLOWS[session.paused[0]])
    if choices.is_yes(turn.text) or choices.is_no(turn.text) or session.flow is not None:
        return None
    interrupted = replace(session.waiting_in(*session.paused), paused=None)
    step = FLOWS[session.paused[0]].resume(replace(turn, session=interrupted))
    return _answered(step) if step is not None else None


def _understood(turn: Turn) -> Step:
    step = aside(turn)
    if step is not None:
        return step
    judged = judge(turn.understanding, turn.content.floor, turn.content.ambiguity)
    is_read = choices.is_acknowledged(turn.text)
    if turn.session.flow is not None and open_topic(turn) is not None and (is_read or judged.intent == AFFIRM):
        return _continued(turn, FLOWS[turn.session.flow])
    if is_read:
        return _begin(turn, AFFIRM)
    if _is_loan_wish(turn, judged.intent):
        return _begin(turn, LOAN_WISH)
    intent = settle(turn.text, judged, turn.understanding, turn.content, knows_sum=turn.session.slots.keys() >= _SUM)
    if intent in (None, DENY) and choices.sounds_elder(turn.text):
        return Step(turn.session, (turn.content.say("elder_offer"),))
    if intent is None or intent not in turn.content.intent_flows or turn.message.event is not None:
        told = find_slots(turn)
        return missed(replace(turn, session=turn.session.with_slots(**told)), judged.candidates)
    step = _begin(turn, intent)
    also = _also_asked(turn, intent)
    return replace(step, replies=(*step.replies, also)) if also and step.handoff is None else step


def _also_asked(turn: Turn, intent: str) -> Reply | None:
    """A line for the second wish of 回单怎么下载，另外利率多少."""
    flows = turn.content.intent_flows
    others = [(one, score) for one, score in turn.understanding.ranking if one != intent]
    if not others or others[0][1] < ALSO_FROM or not choices.asks_twice(turn.text):
        return None
    second = others[0][0]
    if flows.get(second) in (None, flows[intent], *_PASSING):
        return None
    label = turn.content.intent_labels[second]
    return replace(turn.content.say("also_asked", label=label), choices=(Choice(f"{ASK}:{second}", label),))


def _is_loan_wish(turn: Turn, intent: str | None) -> bool:
    """True for needs told without a verb, and for 贷30万 or a bare 30万, which name a sum but ask nothing."""
    names_sum = turn.understanding.entity("amount") is not None
    asks = choices.is_question(turn.text) or _ASKS_SUM.search(turn.text) is not None
    if intent in (LOAN_LIMIT, CALCULATOR) or (intent is None and _BORROWS.search(turn.text)):
        return (names_sum and not asks) or (intent is None and tells_need(turn))
    return intent in (None, ELIGIBILITY) and tells_need(turn)


def _asked(turn: Turn, intent: str) -> Step:
    """As if the follower had said it: a tap on one of our own lines needs no model, and its words carry no facts."""
    said = Understanding(intent, 1.0, by="tap")
    return _begin(replace(turn, understanding=said, message=replace(turn.message, text=""), choice=None), intent)


def _begin(turn: Turn, intent: str) -> Step:
    flow = FLOWS[turn.content.intent_flows[intent]]
    turn = _switch(turn, flow)
    step = _answered(flow.start(turn))
    if flow.name in _PASSING:
        return step
    tried = (*(one for one in step.session.tried if one != turn.content.intent_labels[intent]),)
    tried = (*tried, turn.content.intent_labels[intent])[-MOST_TRIED:]
    return replace(step, session=replace(step.session, last_intent=intent, tried=tried))


def _continued(turn: Turn, flow: Flow) -> Step:
    """Back to where this flow was interrupted."""
    if turn.session.flow == flow.name:
        step = flow.resume(replace(turn, choice=CONTINUE))
        if step is not None:
            return _answered(step)
    paused = turn.session.paused
    if paused is None or paused[0] != flow.name:
        return flow.resume(replace(turn, choice="start")) or flow.start(replace(turn, choice=None))
    session = replace(turn.session.waiting_in(*paused), paused=None)
    turn = replace(turn, session=session, choice=CONTINUE)
    step = flow.resume(turn) or flow.start(replace(turn, choice=None))
    return _answered(step)


def _switch(turn: Turn, flow: Flow) -> Turn:
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


def _answered(step: Step) -> Step:
    return replace(step, session=replace(step.session, misses=0))


def _finish(turn: Turn, step: Step) -> Step:
    """Add what every answer carries: who speaks, the way back, the way to a person."""
    session = step.session
    if step.handoff is not None or step.callback_phone is not None:
        session = replace(session, paused=None)
    if not step.replies:
        return replace(step, session=session)
    replies = list(step.replies)
    if choices.sounds_elder(turn.text) and not session.slots.get("elder"):
        session = session.with_slots(elder=True)
        if step.handoff is None and not any("点“人工”" in reply.text for reply in replies):
            replies.append(turn.content.say("elder_hint"))
    if _is_beside_the_loan(turn, session, replies[0]):
        session, question = _asked_again(turn, session)
        replies.append(question)
    elif _may_come_back(turn.session, session):
        replies.append(_way_back(turn, session))
    if session.flow == LOAN or (session.paused and session.paused[0] == LOAN):
        replies = [_without(reply, PICK_A_LOAN) for reply in replies]
    if not session.introduced:
        replies[0] = _introduced(turn, replies)
    if step.handoff is None:
        _add_human(turn, replies)
    offered = tuple((choice.id, choice.text) for reply in replies for choice in reply.choices)
    return replace(step, session=replace(session, introduced=True, offered=offered), replies=tuple(replies))


def _may_come_back(before: Session, after: Session) -> bool:
    """The way back is shown once: when the interrupting matter has just been dealt with."""
    if after.paused is None or after.flow is not None:
        return False
    return not any(choice_id == f"{after.paused[0]}:{CONTINUE}" for choice_id, _ in before.offered)


def _is_beside_the_loan(turn: Turn, after: Session, answered: Reply) -> bool:
    """True when a question about loans was answered in between: the open one can be put again at once."""
    if after.paused is None or after.flow is not None or after.paused[0] != LOAN or after.slots.get("risk"):
        return False
    subject = (answered.source or "").split("@")[0].removesuffix("_bound")
    return turn.content.intent_skills.get(subject) == LOAN and open_question(after) is not None


def _asked_again(turn: Turn, session: Session) -> tuple[Session, Reply]:
    name = open_question(session)
    assert name is not None
    question = question_of(turn, name)
    said = turn.content.say("back_ask", question=question.text)
    return replace(session.waiting_in(LOAN, name), paused=None), replace(question, text=said.text)


def _without(reply: Reply, choice_id: str) -> Reply:
    return replace(reply, choices=tuple(choice for choice in reply.choices if choice.id != choice_id))


def _way_back(turn: Turn, session: Session) -> Reply:
    assert session.paused is not None
    name = session.paused[0]
    topic = turn.content.topics[name]
    line = Choice(f"{name}:{CONTINUE}", f"回到{topic}")
    return replace(turn.content.say("back_to", topic=topic), choices=(line,))


def _introduced(turn: Turn, replies: list[Reply]) -> Reply:
    if any(IDENTIFIES in reply.text for reply in replies):
        return replies[0]
    return replace(replies[0], text=turn.content.say("introduction").text + replies[0].text)


def _add_human(turn: Turn, replies: list[Reply]) -> None:
    """A line 人工 under the answer, or, where four lines stand already, the words that bring one."""
    lines = [choice for reply in replies for choice in reply.choices]
    hint = turn.content.say("human_hint")
    if choices.HUMAN.id in {choice.id for choice in lines} or any("回复“人工”" in reply.text for reply in replies):
        return
    if len(lines) < MOST_CHOICES:
        replies[-1] = replace(replies[-1], choices=(*replies[-1].choices, choices.HUMAN))
    else:
        replies[-1] = replace(replies[-1], text=f"{replies[-1].text}\n{hint.text}")
