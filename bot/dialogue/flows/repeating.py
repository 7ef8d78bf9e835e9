"""The same answer is never given twice in a row: whoever gets it again reads that it is the same, and what to do now.

What was said last is kept as a number in the session's slot `said`, which no person ever sees.
"""

from dataclasses import replace
from zlib import crc32

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer, awaits_verdict
from bot.messages import Reply

SAID = "said"
# Short forms for what is said again, by how the id of the first answer begins.
_AGAIN = (
    ("media_", "media_again"),
    ("branch_", "same_answer"),
    ("wordless", "wordless_again"),
    ("greet", "greet_again"),
    ("fallback_again", "fallback_still"),
    ("opted_out", "opted_out_again"),
    ("angry", "angry_again"),
    ("foreign", "foreign_again"),
    ("loan_none_bound", "loan_none_again"),
    *((word, "smalltalk_again") for word in ("thanks", "goodbye", "praise", "affirm", "deny", "chitchat")),
)
# Warnings are worth repeating in full, and a product is never spoken of without its rate.
# An open question is put again with the word that it is still open.
_QUESTIONS = ("loan_ask_", "diagnosis.", "calculator_ask_", "callback_ask_", "howto_ask_")
_IN_FULL = ("fraud_", "product.", "guide", "loan_held_back")


def not_twice(turn: Turn, step: Step) -> Step:
    """The step with its words changed when they would repeat the last answer; it remembers what is said now."""
    if not step.replies:
        return step
    if turn.session.slots.get(SAID) == _mark(step.replies) and turn.choice is None:
        step = _again(turn, step)
    return replace(step, session=step.session.with_slots(**{SAID: _mark(step.replies)}))


def _again(turn: Turn, step: Step) -> Step:
    sources = [(reply.source or "").split("@")[0] for reply in step.replies]
    short = next((again for first, again in _AGAIN if sources[0].startswith(first)), None)
    lines = tuple(choice for reply in step.replies for choice in reply.choices)
    is_plain = step.handoff is None and step.callback_phone is None and not any(s.startswith(_IN_FULL) for s in sources)
    if short is not None and is_plain:
        return replace(step, replies=(replace(answer(turn, short), choices=lines),))
    # An open question may be put again: it waits for an answer.
    if not is_plain or (step.session.flow is not None and not awaits_verdict(replace(turn, session=step.session))):
        is_question = is_plain and sources[-1].startswith(_QUESTIONS)
        return replace(step, replies=(answer(turn, "same_question"), *step.replies)) if is_question else step
    return replace(step, replies=(answer(turn, "same_answer", *lines),))


def _mark(replies: tuple[Reply, ...]) -> int:
    return crc32("\n".join(reply.text for reply in replies).encode())
