"""More than one wish in a message: both are answered in one reply, the one that asks something back last. Also finds
the one clear wish in a long story.

Called by bot/dialogue/understood.py. At most three clauses are read, and only when the whole does not settle it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.dialogue import choices, clauses
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows.loan import FLOW as LOAN_NEED
from bot.dialogue.flows.saying import AWAITS_VERDICT
from bot.dialogue.merging import merge
from bot.dialogue.moving import PASSING, also_asked, begin_as
from bot.messages import Reply, Understanding

MOST_READ = 3
LONGEST_PLAIN = 4
FRAUD = "fraud"
# Who wants a person, in whatever clause, is not kept with answers first.
TO_PEOPLE = frozenset({"human_agent", "dedicated_rep", "complaint"})
# A clause out of its sentence sounds like more than it means: an alarm needs more than the floor.
ALARMING = 0.6
# Trees in which two intents are two ways to say one thing.
IDLE_TALK = frozenset({"smalltalk", "fallback"})
TREES = frozenset({"loan", "ukey", "transfer"})
# What the platform takes in one answer, less the word of who speaks; a line to tap is an address with its words twice.
MOST_BYTES = 1950
BYTES_OF_LINE = 150
VERDICT_ASKED = "解决了吗？"
# What an answer asks back: nothing, whether it helped, or something that must be known to go on.
TELLS, CHECKS, ASKS = range(3)

# What a text means on its own: an intent, or None when unsure.
Means = Callable[[Turn], str | None]


@dataclass(frozen=True)
class Wish:
    """One clause that was understood; `turn` is the message as if only this had been said."""

    intent: str
    turn: Turn

    @property
    def confidence(self) -> float:
        """How sure the model is of it."""
        return self.turn.understanding.confidence


def find_wishes(turn: Turn, means: Means, *, is_sure: bool) -> tuple[Wish, ...]:
    """The different wishes of a message, in its order. Empty for a single one when the model `is_sure` of the whole."""
    wishes: list[Wish] = []
    for wish in _read(turn, _worth_reading(turn, is_sure=is_sure), means):
        if not any(is_one_matter(turn, wish.intent, other.intent) for other in wishes):
            wishes.append(wish)
    return tuple(wishes)


def urgent(turn: Turn, wishes: Sequence[Wish]) -> Step | None:
    """A trick, a complaint or a wish for a person in any clause wins at once."""
    for wish in wishes:
        is_fraud = turn.content.intent_flows.get(wish.intent) == FRAUD
        if (is_fraud or wish.intent in TO_PEOPLE) and wish.confidence >= ALARMING:
            return begin_as(turn, wish.intent)
    return None


def both(turn: Turn, wishes: Sequence[Wish]) -> Step | None:
    """One reply to two wishes; the rest, and whatever cannot stand beside another answer, is offered as a line. None
    when there are no two that can be answered here.
    """
    answerable = [wish for wish in wishes if _is_answerable(turn, wish.intent)]
    if len(answerable) < 2:
        return None
    first, second, *rest = answerable
    step = _together(turn, first, second)
    if step is None:
        step, rest = _begun(turn, first), [second, *rest]
        if step.handoff is not None or step.callback_phone is not None:
            return step
    offered = tuple(also_asked(turn, wish.intent) for wish in rest[:1])
    return replace(step, replies=(*step.replies, *offered))


def all_of(turn: Turn, intents: Sequence[str]) -> Step | None:
    """都要 to the lines offered: the first two are answered, as far as they can stand side by side."""
    silent = replace(turn, message=replace(turn.message, text=""), choice=None)
    taps = [replace(silent, understanding=Understanding(intent, 1.0, by="tap")) for intent in intents]
    return both(silent, [Wish(intent, tap) for intent, tap in zip(intents, taps, strict=True)])


def beside_answer(turn: Turn, step: Step, means: Means) -> Step:
    """An answer to the flow's question that asks something itself (20万，利率多少): what it asks is answered first."""
    subjects = turn.content.context.subjects
    questions = [part for part in clauses.matters(turn.text, subjects) if choices.is_question(part)]
    if len(clauses.split(turn.text, subjects)) < 2 or not questions or step.session.flow != turn.session.flow:
        return step
    waiting = replace(turn, session=step.session)
    for wish in _read(waiting, questions[-1:], means):
        if not _is_answerable(turn, wish.intent) or turn.content.intent_flows[wish.intent] == turn.session.flow:
            continue
        beside = begin_as(wish.turn, wish.intent)
        if _rank(beside) == ASKS or not _is_plain(beside):
            return replace(step, replies=(*step.replies, also_asked(turn, wish.intent)))
        replies = (*(_without_verdict(reply) for reply in beside.replies), *step.replies)
        return replace(step, session=replace(step.session, tried=beside.session.tried), replies=replies)
    return step


def is_one_matter(turn: Turn, one: str, other: str) -> bool:
    """True when both are two words for one thing."""
    flows = turn.content.intent_flows
    if one == other or (flows.get(one) == flows.get(other) and flows.get(one) in TREES):
        return True
    return any({one, other} <= matter for matter in turn.content.context.one_matter)


def _read(turn: Turn, parts: Sequence[str], means: Means) -> Iterator[Wish]:
    """What these clauses ask for; greetings and the like ask for nothing."""
    subjects = turn.content.context.subjects
    for part in parts:
        understanding = turn.read(part)
        if understanding is None:
            continue
        alone = replace(turn, message=replace(turn.message, text=part), understanding=understanding)
        intent = means(alone)
        is_clear = clauses.names_matter(part, subjects) or understanding.confidence >= ALARMING
        if intent is not None and is_clear and turn.content.intent_flows[intent] not in IDLE_TALK:
            yield Wish(intent, alone)


def _worth_reading(turn: Turn, *, is_sure: bool) -> tuple[str, ...]:
    """The clauses to ask the model about: two that ask; of an unsure message also a single one, or how it ends."""
    subjects = turn.content.context.subjects
    asking = [part for part in clauses.matters(turn.text, subjects) if clauses.asks(part)]
    parts = clauses.split(turn.text, subjects)
    if len(parts) > LONGEST_PLAIN:
        # In a story troubles are told on the way; what is put as a question or a wish is meant.
        asking = [part for part in asking if clauses.is_explicit(part) or clauses.wants(part)] or asking
    if len(asking) > 1:
        return tuple(asking[:1] + asking[1:][-(MOST_READ - 1) :])
    if is_sure or parts == (turn.text.strip(),):
        return ()
    return tuple(dict.fromkeys([*asking, parts[-1]]))[:MOST_READ]


def _together(turn: Turn, first: Wish, second: Wish) -> Step | None:
    """Both answers, the one that waits for something last; None when both ask back, or are too long for one message."""
    steps = [(wish, _begun(turn, wish)) for wish in (first, second)]
    if not all(_is_plain(step) for _, step in steps):
        return None
    steps.sort(key=lambda one: _rank(one[1]) == ASKS)
    (_, said), (latter, _) = steps
    if _rank(said) == ASKS:
        return None
    then = _begun(replace(turn, session=said.session), latter)
    joint = turn.content.say("also_about", about=turn.content.abouts[latter.intent]).text
    replies = (
        *(_without_verdict(reply) for reply in said.replies),
        replace(then.replies[0], text=joint + then.replies[0].text),
        *then.replies[1:],
    )
    return replace(then, replies=replies) if _fits(replies) else None


def _fits(replies: Sequence[Reply]) -> bool:
    """True when it stays one message, with the line 人工 that comes last."""
    merged = merge(replies)
    if merged is None:
        return False
    return len(merged.text.encode()) + BYTES_OF_LINE * (len(merged.choices) + 1) <= MOST_BYTES


def _begun(turn: Turn, wish: Wish) -> Step:
    """A need may be told in any clause (做餐饮的，想贷20万); every other flow hears only its own."""
    if turn.content.intent_flows[wish.intent] == LOAN_NEED:
        return begin_as(turn, wish.intent)
    return begin_as(replace(wish.turn, session=turn.session), wish.intent)


def _rank(step: Step) -> int:
    if step.session.flow is None:
        return TELLS
    return CHECKS if (step.session.step or "").startswith(AWAITS_VERDICT) else ASKS


def _is_plain(step: Step) -> bool:
    return bool(step.replies) and step.handoff is None and step.callback_phone is None and not step.withdraws


def _is_answerable(turn: Turn, intent: str) -> bool:
    return turn.content.intent_flows.get(intent) not in (None, FRAUD, *PASSING)


def _without_verdict(reply: Reply) -> Reply:
    """Only the last answer may ask whether it helped."""
    lines = tuple(line for line in reply.choices if not line.id.endswith((":solved", ":unsolved")))
    return replace(reply, text=reply.text.removesuffix(VERDICT_ASKED), choices=lines)
