"""Not understood: the likely wishes as lines to tap; at the second miss in a row a person, unasked."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.human import hand_over
from bot.dialogue.flows.saying import answer, idle, open_topic
from bot.dialogue.understanding import ASKABLE, BY_KEYWORDS
from bot.messages import Choice, MessageKind

FLOW = "fallback"
OFFER = "offer_human"
MISSES_BEFORE_OFFER = 2
# Nobody picks 好的 or 打招呼 from a list; 人工 stands under every answer anyway.
STRONG = 0.3
MOST_HEARD = 40
_JOINS = re.compile(r"和|跟|还有|另外|顺便|以及|[，,。;；?？].")
NO_WISH = ("smalltalk", FLOW, "human")


class Fallback:
    """Says honestly what the bot cannot do."""

    name = FLOW
    intents: tuple[str, ...] = ("out_of_scope",)

    def start(self, turn: Turn) -> Step:
        """Out of scope: the limit, and a person."""
        return idle(turn, answer(turn, "out_of_scope"))

    def resume(self, turn: Turn) -> Step | None:
        """Whether a person is wanted."""
        if turn.choice == "no" or (turn.choice is None and choices.is_no(turn.text)):
            return idle(turn, answer(turn, "fallback_declined"))
        if turn.choice is None and choices.is_yes(turn.text):
            return hand_over(turn, reason="智能客服两次没听懂")
        return None


def missed(turn: Turn, candidates: Sequence[str]) -> Step:
    """One more message not understood; a flow that was waiting goes on waiting after the first."""
    session = replace(turn.session, misses=turn.session.misses + 1)
    if session.misses >= MISSES_BEFORE_OFFER:
        reply_id = "fallback_again" if turn.in_hours else "fallback_again_off_hours"
        return Step(session.waiting_in(FLOW, OFFER), (answer(turn, reply_id),))
    lines = _lines(turn, candidates)
    back = _way_back(turn)
    if turn.message.kind is MessageKind.VOICE:
        said = answer(turn, "voice_pick" if lines else "voice_blank", *lines, *back, heard=heard_text(turn))
        return Step(session, (said,))
    if lines or back:
        asks_two = len(lines) > 1 and _is_two_wishes(turn)
        reply_id = "fallback_two" if asks_two else "fallback_pick" if lines else "fallback_repeat"
        return Step(session, (answer(turn, reply_id, *lines, *back),))
    is_model_away = turn.understanding.by == BY_KEYWORDS
    return Step(session, (answer(turn, "understanding_down" if is_model_away else "fallback_blank"),))


def heard_text(turn: Turn) -> str:
    """What the platform made of a voice message, as far as one reads back."""
    return read_back(turn.text)


def read_back(heard: str) -> str:
    """As much of what was heard as stands in the answer."""
    return heard if len(heard) <= MOST_HEARD else f"{heard[:MOST_HEARD]}…"


def rejected(turn: Turn, guesses: Sequence[str]) -> Step:
    """The last answer was about the wrong thing: what else it may have been; a person at the second miss in a row."""
    session = replace(turn.session.idle(), misses=turn.session.misses + 1)
    if session.misses >= MISSES_BEFORE_OFFER:
        return missed(turn, ())
    lines = _lines(turn, guesses)
    return Step(session, (answer(turn, "misread" if lines else "misread_blank", *lines),))


def _lines(turn: Turn, intents: Sequence[str]) -> tuple[Choice, ...]:
    """The likeliest wishes in the owner's words."""
    content = turn.content
    wishes = [intent for intent in intents if content.intent_flows.get(intent) not in (None, *NO_WISH)][:ASKABLE]
    return tuple(Choice(f"{choices.ASK}:{intent}", content.intent_labels[intent]) for intent in wishes)


def _is_two_wishes(turn: Turn) -> bool:
    """Two strong guesses about different matters in words that join two: both may be right."""
    likely = [intent for intent, score in turn.understanding.ranking if score >= STRONG]
    matters = {turn.content.intent_flows.get(intent) for intent in likely}
    return len(matters) > 1 and _JOINS.search(turn.text) is not None


def _way_back(turn: Turn) -> tuple[Choice, ...]:
    """Not understood, but still asked: the open question can be called up again."""
    topic = open_topic(turn)
    return (Choice(f"{turn.session.flow}:continue", f"回到{topic}"),) if topic else ()
