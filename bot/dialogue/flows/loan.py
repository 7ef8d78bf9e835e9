"""Finding a loan: five small questions, one at a time, none twice, none that was answered already; then cards
one by one.
"""

import re
from dataclasses import replace
from typing import Any

from bot.dialogue import choices
from bot.dialogue.flow import Step, Turn
from bot.dialogue.flows import loan_cards
from bot.dialogue.flows.saying import answer, idle
from bot.dialogue.session import Session
from bot.dialogue.slots import NEED, VAGUE_PURPOSE, bare_amount, bare_months, find_slots, known_text, told_years
from bot.dialogue.understanding import FORBIDDEN_USE
from bot.messages import Choice, Reply

FLOW = "loan"
QUESTIONS = ("purpose", "amount", "term", "collateral", "years")
SHOW = Choice("loan:show", "直接看产品")
LONGEST_PURPOSE = 20

_SKIP = re.compile(
    r"不清楚|不知道|不确定|都行|都可以|无所谓|你看着办|您看着办|没想好|还没想|随便|不好说|不一定|跳过|看情况|再说|说不准"
)
_MORE = re.compile(r"下一|还有|别的|其他|换一|再看看|有没有别|(不是|不要|不喜欢|不想要|不办)(这|它)")
_TAKE = re.compile(
    r"就(办|要|选|用)?(这|它|经营|第一)|就办|办这个|怎么(弄|办|申请|操作)|申请|要这个|这个(可以|行|好|不错)"
)
_HAS = re.compile(r"(有|是|对|可以|能).{0,3}")
_SINCE = (("今年", 0.5), ("去年", 1.0), ("前年", 2.0))
_CORRECTS = re.compile(r"不对|不是|错了|改成|改为|换成|应该是|更正|纠正|说错")
# What stands around a sum or a span and is no purpose itself: 大概要20万左右吧.
_AROUND_FIGURES = re.compile(
    r"(大概|大约|差不多|左右|上下|最多|至少|可能|应该|估计|需要|想要|就|要|想|借|贷|款|用|个|来|的|吧|块|钱|元|啊|呢|了|那|先|有|我)|\W"
)
_BARE_NUMBER = re.compile(r"(\d{1,4}(?:\.\d+)?)")


class Loan:
    """From a wish to a fitting product."""

    name = FLOW
    intents: tuple[str, ...] = ("loan_product_info", "loan_apply")

    def start(self, turn: Turn) -> Step:
        """A named product's card, or the first question that is still open."""
        found = find_slots(turn)
        if "product" in found:
            wants_now = turn.understanding.intent == "loan_apply" and "card" in turn.session.slots
            return loan_cards.take(turn, found["product"]) if wants_now else loan_cards.show(turn, found["product"])
        if not loan_cards.is_anything_on_offer(turn):
            return loan_cards.nothing_on_offer(turn)
        session = _knowing(turn, found)
        if FORBIDDEN_USE.search(turn.text):
            lead = answer(turn, "loan_purpose_refused")
        elif open_question(session) is None:
            return loan_cards.offer(turn, session)
        else:
            lead = self._lead(turn, session)
        return _ask(turn, session, lead)

    @staticmethod
    def _lead(turn: Turn, session: Session) -> Reply:
        if turn.understanding.intent == "loan_product_info" and session == turn.session:
            return turn.content.say("loan_product_info")
        return _noted(turn, session) or turn.content.say("loan_apply")

    def resume(self, turn: Turn) -> Step | None:
        """An answer, a tap, or None when the follower speaks of something else."""
        if turn.choice is not None:
            return self._tapped(turn, turn.choice)
        if turn.session.step == "cards":
            return _at_cards(turn)
        return _answered(turn)

    def _tapped(self, turn: Turn, choice: str) -> Step | None:
        verb, _, rest = choice.partition(":")
        if verb in ("start", "continue"):
            return self.start(replace(turn, choice=None)) if verb == "start" else _go_on(turn, turn.session)
        if verb == "show":
            return loan_cards.offer(turn, turn.session)
        if verb == "card":
            return loan_cards.show(turn, rest)
        if verb == "next":
            return loan_cards.following(turn, rest)
        if verb == "take":
            return loan_cards.take(turn, rest)
        if verb == "term" and rest.isdigit():
            return _go_on(turn, turn.session.with_slots(term=int(rest)))
        if verb == "collateral":
            return _go_on(turn, turn.session.with_slots(collateral=rest == "yes"))
        return None


def _answered(turn: Turn) -> Step | None:
    """The answer to the open question; everything else the sentence tells is kept as well."""
    name = turn.session.step or ""
    if FORBIDDEN_USE.search(turn.text) and name == "purpose":
        return Step(turn.session, (answer(turn, "loan_purpose_refused"), question_of(turn, name)))
    if choices.goes_back(turn.text):
        return _step_back(turn)
    found = find_slots(turn)
    # While the amount is asked, "一年" is no answer to it but still worth keeping; while years are asked, a
    # span is the age.
    if name == "years" and "years" not in found and "term" in found:
        del found["term"]
        found["years"] = told_years(turn)
    if name not in found:
        found |= _bare_answer(turn, name, found)
    if name in found:
        return _go_on(turn, _knowing(turn, found))
    if "product" in found:
        return loan_cards.show(replace(turn, session=_knowing(turn, found)), found["product"])
    if choices.is_question(turn.text) or choices.drops(turn.text):
        return None
    if _SKIP.search(turn.text):
        step = _go_on(turn, _skipping(_knowing(turn, found), name))
        return step if found else replace(step, replies=(turn.content.say("loan_skipped"), *step.replies))
    if found:
        session = _knowing(turn, found)
        return _ask(turn, session, _noted(turn, session))
    return None


def _step_back(turn: Turn) -> Step:
    """The question before the open one, its answer forgotten."""
    asked = QUESTIONS[: QUESTIONS.index(turn.session.step)] if turn.session.step in QUESTIONS else QUESTIONS
    skipped = turn.session.slots.get("skipped", ())
    known = [name for name in asked if turn.session.slots.get(name) is not None or name in skipped]
    if not known:
        return _ask(turn, turn.session, turn.content.say("first_question"))
    kept = {name: value for name, value in turn.session.slots.items() if name not in (known[-1], "cards", "card")}
    kept["skipped"] = [name for name in skipped if name != known[-1]]
    return _ask(turn, replace(turn.session, slots=kept), turn.content.say("step_back"))


def _bare_answer(turn: Turn, name: str, found: dict[str, Any]) -> dict[str, Any]:
    """Short words that mean something only because we asked: 20, 没有, 进点东西."""
    text = turn.text.strip()
    number = _BARE_NUMBER.fullmatch(choices.bare(text).removesuffix("个"))
    if name in ("purpose", "amount") and (amount := bare_amount(text)):
        return {"amount": amount}
    if name == "term" and (months := bare_months(text)):
        return {"term": months}
    if name == "years" and number and float(number[1]) < 100:
        return {"years": float(number[1])}
    if name == "years" and (since := [years for word, years in _SINCE if word in text]):
        return {"years": since[0]}
    # 好的 says that the question was read, not that there is a house.
    if name == "collateral" and (choices.is_no(text) or _HAS.fullmatch(text)):
        return {"collateral": not choices.is_no(text)}
    if name == "purpose" and _is_purpose(turn, found):
        return {"purpose": text}
    return {}


def _is_purpose(turn: Turn, found: dict[str, Any]) -> bool:
    """Owners name purposes in endless ways: short words that ask nothing and are no plain yes or no are taken
    as they stand, unless they only tell a figure or another part of the need.
    """
    text = turn.text.strip()
    if found.keys() & {"collateral", "years", "product"} or not _beside_figures(turn):
        return False
    if choices.is_question(text) or choices.is_no(text) or choices.is_yes(text) or _SKIP.search(text):
        return False
    elsewhere = turn.understanding.confidence >= turn.content.floor and turn.understanding.intent not in (
        "loan_apply", "loan_product_info", "loan_limit", "chitchat", "out_of_scope", "payroll", "transfer", "affirm"
    )  # fmt: skip
    return 2 <= len(text) <= LONGEST_PURPOSE and not elsewhere


def _beside_figures(turn: Turn) -> str:
    """The words beside sums and spans."""
    text = turn.text
    for entity in turn.understanding.entities:
        if entity.kind in ("amount", "term"):
            text = text.replace(entity.text, "")
    return _AROUND_FIGURES.sub("", _BARE_NUMBER.sub("", text))


def _at_cards(turn: Turn) -> Step | None:
    found = find_slots(turn)
    card = loan_cards.current(turn.session)
    if choices.goes_back(turn.text):
        return loan_cards.previous(turn) or _step_back(turn)
    if "product" in found:
        takes = _TAKE.search(turn.text)
        return loan_cards.take(turn, found["product"]) if takes else loan_cards.show(turn, found["product"])
    placed = loan_cards.by_place(turn)
    if placed is not None:
        return placed
    if _MORE.search(turn.text):
        return loan_cards.following(turn, card)
    if card is not None and (_TAKE.search(turn.text) or choices.is_yes(turn.text)) and len(turn.text) <= 16:
        return loan_cards.take(turn, card)
    if choices.is_no(turn.text):
        return idle(turn, answer(turn, "deny"))
    changed = {name: value for name, value in found.items() if turn.session.slots.get(name) != value}
    if changed and not choices.is_question(turn.text):
        return _reconsidered(turn, _knowing(turn, changed), card)
    return None


def _reconsidered(turn: Turn, session: Session, card: str | None) -> Step:
    """The choice after a correction; a card that still comes first is not read out again."""
    noted = _noted(turn, session)
    step = loan_cards.offer(turn, session)
    if noted is None or loan_cards.current(step.session) != card:
        return step
    still = loan_cards.still_first(turn, step.session)
    return replace(step, replies=(noted, still)) if still else step


def _go_on(turn: Turn, session: Session) -> Step:
    if session.slots.get("cards") and open_question(session) is None:
        return loan_cards.show(replace(turn, session=session), loan_cards.current(session))
    if open_question(session) is None:
        return loan_cards.offer(turn, session)
    return _ask(turn, session, _noted(turn, session))


def _ask(turn: Turn, session: Session, lead: Reply | None) -> Step:
    name = open_question(session)
    assert name is not None
    question = question_of(turn, name)
    return Step(session.waiting_in(FLOW, name), (lead, question) if lead else (question,))


def question_of(turn: Turn, name: str) -> Reply:
    """One of QUESTIONS as it is asked, with a line that leads straight to the products."""
    reply = turn.content.say(f"loan_ask_{name}")
    return reply if reply.choices else replace(reply, choices=(SHOW,))


def open_question(session: Session) -> str | None:
    """The first of QUESTIONS that was neither answered nor skipped."""
    skipped = session.slots.get("skipped", ())
    return next((name for name in QUESTIONS if session.slots.get(name) is None and name not in skipped), None)


def _knowing(turn: Turn, found: dict[str, Any]) -> Session:
    """Knowing more of the need makes an earlier choice of cards stale; a purpose once told stays until it is
    corrected, so that 周转半年 does not wash 进货 away.
    """
    session = turn.session
    told = session.slots.get("purpose")
    if told not in (None, VAGUE_PURPOSE) and session.step != "purpose" and not _CORRECTS.search(turn.text):
        found = {name: value for name, value in found.items() if name != "purpose"}
    if any(session.slots.get(name) != value for name, value in found.items()):
        session = replace(
            session, slots={name: v for name, v in session.slots.items() if name not in ("cards", "card")}
        )
    return session.with_slots(**found)


def _skipping(session: Session, name: str) -> Session:
    return session.with_slots(skipped=[*session.slots.get("skipped", ()), name])


def _noted(turn: Turn, session: Session) -> Reply | None:
    """What this message added, read back; what was corrected is called so. None when it added nothing."""
    before, after = turn.session.slots, session.slots
    news = {name: after[name] for name in NEED if after.get(name) is not None and after[name] != before.get(name)}
    facts = known_text(news, turn.content)
    if not facts:
        return None
    return turn.content.say("loan_corrected" if before.keys() & news.keys() else "loan_noted", facts=facts)
