"""Small words that belong to no matter, and what is said to them. Asked by bot/dialogue/policy.py before the model's
guess counts: such words have no intent, and a guess about them would only puzzle.
"""

from dataclasses import replace

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.saying import answer, awaits_verdict, open_topic, solved_lines
from bot.messages import MessageKind

# What the model knows of Latin letters: greetings, thanks, and a wish for a person.
_KNOWN_ABROAD = frozenset({"human_agent", "thanks", "goodbye"})
# Anger about these is answered by their own flows.
_MATTERS_OF_ANGER = frozenset({"complaint", "human_agent", "fraud_victim", "fraud_suspicious"})


def aside(turn: Turn) -> Step | None:
    """Silence to full stops; the answer to other signs, foreign words, 好的, 算了 and 没用; None for all else."""
    if turn.message.kind is not MessageKind.TEXT:
        return None
    if choices.is_wordless(turn.text):
        return Step(turn.session, () if choices.is_silence(turn.text) else (answer(turn, "wordless"),))
    if choices.sounds_angry(turn.text) and turn.understanding.intent not in _MATTERS_OF_ANGER:
        return Step(turn.session, (answer(turn, "angry"),))
    if choices.is_foreign(turn.text) and turn.understanding.intent not in _KNOWN_ABROAD:
        return Step(turn.session, (answer(turn, "foreign"),))
    if turn.session.flow is not None and awaits_verdict(turn) and choices.is_acknowledged(turn.text):
        return Step(turn.session, (answer(turn, "try_first", *solved_lines(turn.session.flow)),))
    if choices.drops(turn.text) and (open_topic(turn) or turn.session.paused):
        return Step(replace(turn.session.idle(), paused=None), (answer(turn, "deny"),))
    if choices.is_no_help(turn.text) and turn.session.tried:
        return Step(turn.session.idle(), (answer(turn, "howto_unsolved"),), outcome="unsolved")
    return None
