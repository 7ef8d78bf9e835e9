"""Questions no intent covers: the approved entry that surely answers, with 解决了, 没解决 and a person below it.

Asked by bot/dialogue/understood.py: first for questions that stand in an entry as good as word for word, which count
more than the model's guess; and again where the model has no guess good enough to go on with.
"""

from dataclasses import replace

from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import FLOWS
from bot.dialogue.flows.faq import Faq
from bot.dialogue.flows.saying import AWAITS_VERDICT, solved_lines
from bot.dialogue.merging import merge
from bot.dialogue.moving import MOST_TRIED, answered, switch
from bot.knowledge.edition import Kind
from bot.knowledge.entries import Entry

MOST_NOTES = 3


def known_by_heart(turn: Turn) -> Step | None:
    """The answer to a question that was approved in these very words, or nearly so; None for any other."""
    entry = turn.content.retriever.find_known(turn.text)
    return _told(turn, entry) if entry is not None else None


def found_by_words(turn: Turn) -> Step | None:
    """The answer to a question that is surely one of the known ones; None when none fits well enough."""
    entry = turn.content.retriever.find_answer(turn.text)
    return _told(turn, entry) if entry is not None else None


def _told(turn: Turn, entry: Entry) -> Step:
    """The entry; policy notes together, as far as they answer the same question."""
    notes = turn.content.retriever.beside(entry, turn.text, MOST_NOTES - 1) if entry.kind is Kind.POLICY else []
    said = merge([turn.content.tell(one) for one in (entry, *notes)])
    assert said is not None
    reply = replace(said, choices=(*said.choices, *solved_lines(Faq.name)))
    session = switch(turn, FLOWS[Faq.name]).session.waiting_in(Faq.name, AWAITS_VERDICT)
    tried = (*(one for one in session.tried if one != entry.title), entry.title)[-MOST_TRIED:]
    # A short question after this is not about the intent that was talked about before it.
    return answered(Step(replace(session, tried=tried, last_intent=None), (reply,), read_as=entry.id))
