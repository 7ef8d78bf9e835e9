"""How flows speak: approved sentences, lines to tap, and the two endings every how-to has."""

from dataclasses import replace
from datetime import date

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.session import ELDER
from bot.messages import Choice, Reply

AWAITS_VERDICT = "solved"


def answer(turn: Turn, reply_id: str, *lines: Choice, **values: object) -> Reply:
    """The approved sentence with these lines to tap before its own; its plain words for whoever finds screens hard."""
    plain = f"{reply_id}_plain"
    is_plain = plain in turn.content.replies and is_elder(turn)
    reply = turn.content.say(plain if is_plain else reply_id, **values)
    return replace(reply, choices=(*lines, *reply.choices))


def day_text(day: date, today: date) -> str:
    """12月20日; with the year when it is another one."""
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"


def is_elder(turn: Turn) -> bool:
    """True for whoever said, now or before, that screens are hard for him."""
    return bool(turn.session.slots.get(ELDER)) or choices.sounds_elder(turn.text)


def idle(turn: Turn, *replies: Reply) -> Step:
    """Say this and wait for nothing."""
    return Step(turn.session.idle(), replies)


def solved_lines(flow: str) -> tuple[Choice, Choice]:
    """解决了 and 没解决, coming back to this flow."""
    return Choice(f"{flow}:solved", choices.SOLVED), Choice(f"{flow}:unsolved", choices.UNSOLVED)


def open_topic(turn: Turn) -> str | None:
    """How the matter is called that waits for an answer; None when there is none, or only a verdict is awaited."""
    session = turn.session
    if session.flow is None or session.step is None or awaits_verdict(turn):
        return None
    return turn.content.topics.get(session.flow)


def verdict(turn: Turn) -> str | None:
    """What the follower says of the last answer: solved, unsolved, or None when he speaks of something else."""
    if turn.choice in ("solved", "unsolved"):
        return turn.choice
    if turn.choice is not None or choices.is_question(turn.text):
        return None
    # 好的 to an advice says that he will try it, not that it helped.
    if choices.drops(turn.text) or choices.is_acknowledged(turn.text):
        return None
    if choices.is_unsolved(turn.text) or choices.is_no(turn.text):
        return "unsolved"
    if choices.is_solved(turn.text) or choices.is_yes(turn.text):
        return "solved"
    return None


def awaits_verdict(turn: Turn) -> bool:
    """True while the follower is expected to say whether the last answer helped."""
    return (turn.session.step or "").startswith(AWAITS_VERDICT)


def solved(turn: Turn) -> Step:
    """The matter is done, in the follower's own word."""
    return Step(turn.session.idle(), (answer(turn, "howto_solved"),), outcome="solved")
