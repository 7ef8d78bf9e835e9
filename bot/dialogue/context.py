"""Short questions without a subject (要带什么, 利息呢): they are about what was talked about last. What each means by
topic stands in config/intents.yml, the words in config/replies/ as <intent>_<kind> or <family>_<kind>.

Called by bot/dialogue/understood.py when the model is unsure, or guesses at another matter.
"""

import re
from dataclasses import replace

from bot.dialogue import clauses
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import FLOWS
from bot.dialogue.flows.guide import FLOW as GUIDE
from bot.dialogue.flows.howto import find_period
from bot.dialogue.flows.saying import answer, awaits_verdict, open_topic
from bot.dialogue.moving import answered, begin_as, continued
from bot.knowledge.content import STAY, Family
from bot.messages import Choice

LONGEST_FRAGMENT = 16
# What may be left of a fragment beside its question: 那大概要多久才能办好.
LONGEST_REST = 8
PERIOD = "period"
# A guess at one of these is no fragment's business.
_NEVER = frozenset({"fraud", "complaint", "human", "callback", "smalltalk"})


def leaning(turn: Turn, intent: str | None) -> Step | None:
    """The answer to a fragment, read with the last topic; None when the message stands for itself, or when the model's
    guess (`intent`, None when unsure) fits the topic.
    """
    topic = _topic(turn)
    family = turn.content.context.family_of(topic)
    if topic is None or family is None or intent in family.intents:
        return None
    if turn.content.intent_flows.get(intent or "") in _NEVER:
        return None
    kind = find_kind(turn, family)
    if kind is None:
        return None
    target = family.reads[kind]
    if target != STAY:
        return begin_as(turn, target)
    detail = _detail(turn, topic, family, kind)
    if kind == PERIOD and (detail is None or find_period(turn) is None):
        return None
    return _beside(turn, detail) if detail else begin_as(turn, topic)


def find_kind(turn: Turn, family: Family) -> str | None:
    """The kind of fragment this message is, among those the family knows; None when it has a subject of its own."""
    text = clauses.without_manners(turn.text)
    if len(text) > LONGEST_FRAGMENT:
        return None
    for kind in family.reads:
        found = re.search(turn.content.context.fragments[kind], text)
        if found is None:
            continue
        has_noun = clauses.names_matter(text, turn.content.context.subjects, beside=found.span())
        if not has_noun and len(text) - len(found[0]) <= LONGEST_REST:
            return kind
    return None


def _topic(turn: Turn) -> str | None:
    """The intent talked about: that of the flow in hand, else the last one answered."""
    session = turn.session
    if session.flow is None or open_topic(turn) is None:
        return session.last_intent
    if session.guide is not None and session.flow == GUIDE:
        return session.guide[0] if session.guide[0] in turn.content.intent_flows else session.last_intent
    served = FLOWS[session.flow].intents
    return session.last_intent if session.last_intent in served or not served else served[-1]


def _detail(turn: Turn, topic: str, family: Family, kind: str) -> str | None:
    names = (f"{topic}_{kind}", f"{family.name}_{kind}")
    return next((name for name in names if name in turn.content.replies), None)


def _beside(turn: Turn, reply_id: str) -> Step:
    """The detail; a question that is open stays open and is put again."""
    said = answer(turn, reply_id, period=find_period(turn) or "")
    if turn.session.flow is not None and open_topic(turn) is not None:
        step = continued(turn, FLOWS[turn.session.flow])
        if step is not None:
            return replace(step, replies=(said, *step.replies))
    if awaits_verdict(turn):
        # 解决了吗 was asked of the answer before; its lines stay within reach.
        kept = (Choice(*line) for line in turn.session.offered if line[0].endswith((":solved", ":unsolved")))
        said = replace(said, choices=(*said.choices, *kept))
    return answered(Step(turn.session, (said,)))
