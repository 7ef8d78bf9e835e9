"""解决了 or 没解决 under an answer, and what follows: a word of thanks, one question back, then a person who sees it
all. The same answer is never the reply to 没解决.
"""

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import hand_over
from bot.dialogue.flows.saying import AWAITS_VERDICT, answer, idle, solved, solved_lines, verdict
from bot.messages import Choice, Reply

# The step in which he is asked what it was that did not help.
ASKS_MORE = f"{AWAITS_VERDICT}_more"
MOST_NEIGHBOURS = 2
_IDLE_TALK = frozenset({"smalltalk", "fallback"})


def checked(turn: Turn, flow: str, *replies: Reply) -> Step:
    """Say this and ask whether it helped; while another question is open, only say it."""
    if turn.session.paused is not None:
        return idle(turn, *replies)
    last = replies[-1]
    asked = Reply(last.text, (*last.choices, *solved_lines(flow)), last.is_ai, last.source)
    return Step(turn.session.waiting_in(flow, AWAITS_VERDICT), (*replies[:-1], asked))


def heard(turn: Turn, flow: str) -> Step | None:
    """What he says of the answer; None when he speaks of something else."""
    said = verdict(turn)
    if said == "solved":
        return solved(turn)
    if turn.session.step == ASKS_MORE:
        return _to_a_person(turn) if said == "unsolved" or _says_more(turn) else None
    return _ask_more(turn, flow) if said == "unsolved" else None


def _ask_more(turn: Turn, flow: str) -> Step:
    """What exactly did not help, with the neighbours of the matter as lines to tap."""
    content, last = turn.content, turn.session.last_intent
    family = content.context.family_of(last)
    named = [intent for intent in content.intent_labels if family and intent in family.intents]
    # What stands beside it in the list is about the same step of the matter.
    near = sorted((one for one in named if one != last), key=lambda one: abs(named.index(one) - named.index(str(last))))
    lines = (Choice(f"{choices.ASK}:{intent}", content.intent_labels[intent]) for intent in near[:MOST_NEIGHBOURS])
    said = answer(turn, "unsolved_more", *lines)
    return Step(turn.session.waiting_in(flow, ASKS_MORE), (said,), outcome="unsolved")


def _says_more(turn: Turn) -> bool:
    """True for words that tell what did not help rather than ask for another matter."""
    if turn.choice is not None or choices.drops(turn.text) or choices.is_acknowledged(turn.text):
        return False
    understood, content = turn.understanding, turn.content
    is_sure = understood.confidence >= content.floor and understood.intent != turn.session.last_intent
    return not is_sure or content.intent_flows.get(understood.intent) in _IDLE_TALK


def _to_a_person(turn: Turn) -> Step:
    labels = turn.content.intent_labels
    return hand_over(turn, reason=f"{labels.get(turn.session.last_intent or '', '问题')}没解决")
