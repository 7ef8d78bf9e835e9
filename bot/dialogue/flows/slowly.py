"""For whoever finds screens hard: an answer with several steps is given one step at a time, a person first among the
lines. Recognised by his words once, kept for the whole contact, and marked on the rep's card.

bot/dialogue/finishing.py cuts the answer; the flow here says the next piece.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.session import Session
from bot.messages import Choice, Reply

FLOW = "slowly"
# What is still to be said, in the session's slots: its pieces, its lines, its source.
REST = "rest"
NEXT = Choice(f"{FLOW}:next", "下一步")
# What the bank's page is asked for when he opens it.
LARGE_PRINT = "size=large"
LEAST_PIECES = 2
_PIECES = re.compile(r"(?=[①②③④⑤⑥⑦⑧⑨])")
_GOES_ON = re.compile(
    r"(好了?|好的|嗯+|哦|行|可以了?|弄好了|完成了?|搞定了?|下一步|然后呢?|接着(说|呢)?|继续|还有呢?|接下来呢?|知道了)(吧|啊|呀|呢|谢谢)*"
)
# Warnings are read in one go, and a product is never spoken of without its rate.
_WHOLE = ("fraud_", "product.", "guide", "loan_eligibility_weighed", "loan_rate", "loan_calculator")


class Slowly:
    """The next piece of an answer that was cut."""

    name = FLOW
    intents: tuple[str, ...] = ()

    def start(self, turn: Turn) -> Step:
        """The next piece."""
        return self.resume(turn) or Step(turn.session)

    def resume(self, turn: Turn) -> Step | None:
        """The next piece with its lines, those of the whole answer under the last; None when there is none."""
        rest: Mapping[str, Any] | None = turn.session.slots.get(REST)
        if not rest:
            return None
        piece, *more = rest["pieces"]
        lines = (NEXT,) if more else tuple(Choice(*line) for line in rest["lines"])
        session = without_rest(turn.session)
        if more:
            session = session.with_slots(rest={**rest, "pieces": more})
        return Step(session, (Reply(piece, lines, source=rest["source"]),))


def in_large_print(replies: Sequence[Reply]) -> list[Reply]:
    """The replies with the bank's pages, where a line opens one, in large letters."""
    return [replace(reply, choices=tuple(_in_large_print(line) for line in reply.choices)) for reply in replies]


def _in_large_print(line: Choice) -> Choice:
    if line.url is None:
        return line
    page = urlsplit(line.url)
    query = f"{page.query}&{LARGE_PRINT}" if page.query else LARGE_PRINT
    return replace(line, url=urlunsplit(page._replace(query=query)))


def goes_on(turn: Turn) -> str | None:
    """The id of 下一步 when the follower asks for the next piece in words."""
    words = turn.text.strip().strip("。.!！~ ，,")
    return NEXT.id if turn.session.slots.get(REST) and _GOES_ON.fullmatch(words) else None


def cut(session: Session, replies: Sequence[Reply]) -> tuple[Session, list[Reply]]:
    """The replies with a many-stepped one cut to its first step, and a session that keeps the rest."""
    last = replies[-1]
    lead, *pieces = _PIECES.split(last.text)
    if len(pieces) < LEAST_PIECES or (last.source or "").startswith(_WHOLE):
        return session, list(replies)
    rest = {
        "pieces": [_tidy(piece) for piece in pieces[1:]],
        "lines": [[line.id, line.text] for line in last.choices],
        "source": last.source,
    }
    first = replace(last, text=f"{lead.strip()}\n{_tidy(pieces[0])}".strip(), choices=(NEXT,))
    return session.with_slots(rest=rest), [*replies[:-1], first]


def without_rest(session: Session) -> Session:
    """The session with nothing left to say."""
    if REST not in session.slots:
        return session
    return replace(session, slots={name: value for name, value in session.slots.items() if name != REST})


def person_first(replies: Sequence[Reply]) -> list[Reply]:
    """The line 人工 moved before all others."""
    if not any(choices.HUMAN.id == line.id for reply in replies for line in reply.choices):
        return list(replies)
    others = [replace(reply, choices=tuple(_others(reply.choices))) for reply in replies]
    return [*others[:-1], replace(others[-1], choices=(choices.HUMAN, *others[-1].choices))]


def _others(lines: Sequence[Choice]) -> Iterator[Choice]:
    return (line for line in lines if line.id != choices.HUMAN.id)


def _tidy(piece: str) -> str:
    return piece.strip().rstrip("；;，,") if not piece.strip().endswith("？") else piece.strip()
