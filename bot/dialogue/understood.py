"""From words that no flow was waiting for to a step: small words, the model's reading of the whole, of its clauses, or
with the topic before. Called by bot/dialogue/policy.py.
"""

import re
from dataclasses import replace

from bot.dialogue import choices, several
from bot.dialogue.context import leaning
from bot.dialogue.flow import NOTHING, Step, Turn
from bot.dialogue.flows import FLOWS
from bot.dialogue.flows.asides import aside
from bot.dialogue.flows.fallback import FLOW as FALLBACK
from bot.dialogue.flows.fallback import heard_text, missed
from bot.dialogue.flows.saying import open_topic
from bot.dialogue.long_tail import found_by_words, known_by_heart
from bot.dialogue.moving import PASSING, also_asked, begin, begin_as, continued
from bot.dialogue.slots import find_slots, tells_need
from bot.dialogue.understanding import CALCULATOR, Judged, judge, settle
from bot.messages import MessageKind

LOAN_WISH = "loan_apply"
ELIGIBILITY = "loan_eligibility"
LOAN_LIMIT = "loan_limit"
AFFIRM = "affirm"
DENY = "deny"
SMALLTALK = "smalltalk"
# A second wish in one message counts from here on.
ALSO_FROM = 0.1
# What the last message could also have meant, for whoever says that he was misunderstood.
MOST_GUESSES = 3
GUESSED_FROM = 0.01
# Below this a voice message is read back with its answer.
SURELY_HEARD = 0.85
# Who is told of a trick, complains or wants a person is not answered from a list first.
NO_LIST = frozenset({"fraud", "complaint", "human", "callback"})
_BORROWS = re.compile(r"[贷借]")
_ASKS_SUM = re.compile(r"算|利|息|月供|每月|等额|测|几[十百]?万")
_SUM = {"amount", "term"}


def understood(turn: Turn) -> Step:
    """The step of a message that answers no open question."""
    step = aside(turn)
    if step is not None:
        return step
    judged = judged_of(turn)
    is_read = choices.is_acknowledged(turn.text)
    if turn.session.flow is not None and open_topic(turn) is not None and (is_read or judged.intent == AFFIRM):
        step = continued(turn, FLOWS[turn.session.flow])
        if step is not None:
            return step
    if is_read:
        return begin(turn, AFFIRM)
    step = by_reading(turn, judged)
    return replace(step, session=replace(step.session, guesses=_other_guesses(turn, step)))


def by_reading(turn: Turn, judged: Judged) -> Step:
    """What the model's reading leads to; the step says what the whole message was taken for, if that decided it."""
    intent = meant(turn)
    flow = turn.content.intent_flows.get(intent or "")
    found = found_by_words(turn) if flow in (None, FALLBACK) else None
    step = known_by_heart(turn) if flow not in NO_LIST else None
    if found is None:
        # A question of its own is no fragment of the talk before, though it names no matter the intents know.
        step = step or leaning(turn, intent)
    if step is not None:
        return step
    is_sure = flow not in (None, SMALLTALK)
    wishes = several.find_wishes(turn, meant, is_sure=is_sure)
    step = several.urgent(turn, wishes) or several.both(turn, wishes)
    if step is not None:
        return step
    if not is_sure and wishes and not choices.sounds_elder(turn.text):
        wish = wishes[-1]
        return replace(begin_as(turn, wish.intent), read_as=wish.intent)
    if found is not None:
        return found
    if intent in (None, DENY) and choices.sounds_elder(turn.text):
        return Step(turn.session, (turn.content.say("elder_offer"),), read_as=NOTHING)
    if intent is None or turn.message.event is not None:
        told = find_slots(turn)
        step = missed(replace(turn, session=turn.session.with_slots(**told)), judged.candidates)
        return replace(step, read_as=NOTHING)
    return _begun(turn, intent)


def judged_of(turn: Turn) -> Judged:
    """What the model's guess about this text is worth."""
    return judge(turn.understanding, turn.content.floor, turn.content.ambiguity)


def meant(turn: Turn) -> str | None:
    """The intent this text stands for, None when unsure."""
    judged = judged_of(turn)
    if _is_loan_wish(turn, judged.intent):
        return LOAN_WISH
    intent = settle(turn.text, judged, turn.understanding, turn.content, knows_sum=turn.session.slots.keys() >= _SUM)
    return intent if intent in turn.content.intent_flows else None


def _begun(turn: Turn, intent: str) -> Step:
    step = replace(begin(turn, intent), read_as=intent)
    if turn.message.kind is MessageKind.VOICE and turn.understanding.confidence < SURELY_HEARD:
        # What was recognised may be wrong: he reads what the answer is about.
        heard = turn.content.say("voice_heard", heard=heard_text(turn))
        step = replace(step, replies=(heard, *step.replies))
    second = _second(turn, intent)
    if second is None or step.handoff is not None:
        return step
    return replace(step, replies=(*step.replies, also_asked(turn, second)))


def _second(turn: Turn, intent: str) -> str | None:
    """The second wish of 回单怎么下载，另外利率多少 when its clause is not clear enough to be answered."""
    flows = turn.content.intent_flows
    others = [(one, score) for one, score in turn.understanding.ranking if one != intent]
    if intent == LOAN_WISH or not others or others[0][1] < ALSO_FROM or not choices.asks_twice(turn.text):
        return None
    second = others[0][0]
    return None if flows.get(second) in (None, flows[intent], *PASSING) else second


def _is_loan_wish(turn: Turn, intent: str | None) -> bool:
    """True for needs told without a verb, and for 贷30万 or a bare 30万, which name a sum but ask nothing."""
    names_sum = turn.understanding.entity("amount") is not None
    asks = choices.is_question(turn.text) or _ASKS_SUM.search(turn.text) is not None
    if intent in (LOAN_LIMIT, CALCULATOR) or (intent is None and _BORROWS.search(turn.text)):
        return (names_sum and not asks) or (intent is None and tells_need(turn))
    # 开店两年没抵押，能贷50万吗 is answered by weighing what was told; the same told without a question is a wish.
    return (intent is None or (intent == ELIGIBILITY and not asks)) and tells_need(turn)


def _other_guesses(turn: Turn, step: Step) -> tuple[str, ...]:
    flows = turn.content.intent_flows
    taken = (step.session.last_intent, step.read_as)
    guessed = (intent for intent, share in turn.understanding.ranking if share >= GUESSED_FROM)
    family = turn.content.context.family_of(step.session.last_intent)
    # A model that was sure has no second guess worth the name: then the neighbours of what was answered.
    near = sorted(family.intents, key=list(flows).index) if family else []
    others = dict.fromkeys(intent for intent in (*guessed, *near) if intent not in taken)
    return tuple(intent for intent in others if flows.get(intent) not in (None, *PASSING))[:MOST_GUESSES]
