"""What every answer carries: who speaks, the way back to what was interrupted, the way to a person. Called by
bot/dialogue/policy.py as the last thing of a turn.
"""

from dataclasses import replace

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import slowly
from bot.dialogue.flows.human import LOAN
from bot.dialogue.flows.loan import open_question, question_of
from bot.dialogue.merging import merge
from bot.dialogue.moving import CONTINUE
from bot.dialogue.session import ELDER, HINTED, Session
from bot.messages import Choice, Reply

PICK_A_LOAN = "loan:start"
MOST_CHOICES = 5
IDENTIFIES = "智能客服"


def finish(turn: Turn, step: Step) -> Step:
    """Add what every answer carries; the session remembers the lines below it in the order they are shown."""
    session = step.session
    if step.handoff is not None or step.callback_phone is not None:
        session = replace(session, paused=None)
    if not step.replies:
        return replace(step, session=session)
    session, replies = _with_hints(turn, step, session)
    session, replies = _with_ways_back(turn, session, replies)
    if not session.introduced:
        replies[0] = _introduced(turn, replies)
    if step.handoff is None:
        _add_human(turn, replies)
    if session.slots.get(ELDER):
        replies = slowly.in_large_print(slowly.person_first(replies))
    shown = merge(replies)
    offered = tuple((choice.id, choice.text) for choice in shown.choices) if shown else ()
    return replace(step, session=replace(session, introduced=True, offered=offered), replies=tuple(replies))


def _with_hints(turn: Turn, step: Step, session: Session) -> tuple[Session, list[Reply]]:
    """A hint after something was solved; for whoever finds screens hard, a word of comfort and one step at a time."""
    session, hints = _hinted(turn, step, session)
    replies = [*step.replies, *hints]
    if choices.sounds_elder(turn.text) and not session.slots.get(ELDER):
        session = session.with_slots(elder=True)
        if step.handoff is None and not any("点“人工”" in reply.text for reply in replies):
            replies.insert(0, turn.content.say("elder_hint"))
    if turn.choice != slowly.NEXT.id:
        session = slowly.without_rest(session)
    if session.slots.get(ELDER) and step.handoff is None:
        return slowly.cut(session, replies)
    return session, replies


def _with_ways_back(turn: Turn, session: Session, replies: list[Reply]) -> tuple[Session, list[Reply]]:
    """The open question of a loan put again, or a line back to what was interrupted."""
    if _is_beside_the_loan(turn, session, replies[0]):
        session, question = _asked_again(turn, session)
        replies = [*replies, question]
    elif _may_come_back(turn.session, session):
        replies = [*replies, _way_back(turn, session)]
    if session.flow == LOAN or (session.paused and session.paused[0] == LOAN):
        replies = [_without(reply, PICK_A_LOAN) for reply in replies]
    return session, replies


def _hinted(turn: Turn, step: Step, session: Session) -> tuple[Session, list[Reply]]:
    """What else is good to know for whoever just solved something, once in a contact and only about its own matter."""
    hint = f"hint_{session.last_intent}"
    is_calm = not session.slots.get(HINTED) and not session.slots.get("risk") and not session.slots.get(ELDER)
    if step.outcome != "solved" or hint not in turn.content.replies or not is_calm:
        return session, []
    return session.with_slots(hinted=True), [turn.content.say(hint)]


def _may_come_back(before: Session, after: Session) -> bool:
    """The way back is shown once: when the interrupting matter has just been dealt with."""
    if after.paused is None or after.flow is not None:
        return False
    return not any(choice_id == f"{after.paused[0]}:{CONTINUE}" for choice_id, _ in before.offered)


def _is_beside_the_loan(turn: Turn, after: Session, answered: Reply) -> bool:
    """True when a question about loans was answered in between: the open one can be put again at once."""
    if after.paused is None or after.flow is not None or after.paused[0] != LOAN or after.slots.get("risk"):
        return False
    subject = (answered.source or "").split("@")[0]
    subject = subject.partition("_bound")[0].removesuffix("_unavailable")
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
