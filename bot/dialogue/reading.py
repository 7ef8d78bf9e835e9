"""What a decision tells about the model: was it asked, what was made of its guess, what do the customer's next steps
say of the turn before. Called by bot/dialogue/carry_out.py with the turn's own transaction.
"""

from datetime import datetime

from sqlalchemy.orm import Session as Transaction

from bot.dialogue import choices
from bot.dialogue.flow import NOTHING, Turn
from bot.dialogue.flows.fallback import FLOW as FALLBACK
from bot.dialogue.flows.smalltalk import SmallTalk
from bot.dialogue.turn import Decision
from bot.dialogue.understanding import ASKABLE_FROM
from bot.learning.model import Verdict
from bot.learning.recording import Reading, TurnSigns, note_turn
from bot.transcripts.model import Line

# What follows 不是这个意思.
MISREAD = frozenset({"misread", "misread_blank"})
SOCIAL = frozenset(SmallTalk.intents)


def note_reading(session: Transaction, follower_id: int, line: Line | None, decision: Decision, now: datetime) -> None:
    """Keep what the model made of this message; nothing while a person has the word."""
    if line is not None and decision.turn is not None:
        note_turn(session, follower_id, line, signs_of(decision, decision.turn), now)


def is_missed(decision: Decision) -> bool:
    """True when the model was asked and its guess led nowhere."""
    read_as, turn = decision.step.read_as, decision.turn
    if read_as is None or turn is None:
        return False
    return read_as == NOTHING or turn.content.intent_flows.get(read_as) == FALLBACK


def signs_of(decision: Decision, turn: Turn) -> TurnSigns:
    """The turn's reading, and what it says about the one before."""
    step = decision.step
    return TurnSigns(
        reading=_reading(decision, turn),
        picked=_picked(turn),
        is_solved=step.outcome == "solved",
        is_rejected=any((reply.source or "").split("@")[0] in MISREAD for reply in step.replies),
        is_handed_over=step.handoff is not None,
        social=SOCIAL,
    )


def _reading(decision: Decision, turn: Turn) -> Reading | None:
    """None when a tap, words or a waiting flow decided: then the model was not asked for what its guess says."""
    step, understanding = decision.step, turn.understanding
    if step.read_as is None:
        return None
    verdict = Verdict.ANSWERED
    if step.handoff is not None:
        verdict = Verdict.HUMAN
    elif is_missed(decision):
        verdict = Verdict.ASKED_BACK
    # 常问的 are shown when the model knows nothing: a tap on one of those is no word on what was meant.
    guessed = {intent for intent, score in understanding.ranking if score >= ASKABLE_FROM}
    lines = (choices.split(choice.id) for reply in step.replies for choice in reply.choices)
    return Reading(
        understanding=understanding,
        model=understanding.model,
        taken_as=step.read_as or None,
        verdict=verdict,
        offered=tuple(rest for kind, rest in lines if kind == choices.ASK and rest in guessed),
    )


def _picked(turn: Turn) -> str | None:
    """The intent whose line under the last answer was tapped, or typed."""
    offered = turn.session.offered
    tapped = turn.message.menu_choice or choices.typed(turn.text, offered)
    if tapped is None or tapped not in {choice_id for choice_id, _ in offered}:
        return None
    kind, intent = choices.split(tapped)
    return intent if kind == choices.ASK else None
