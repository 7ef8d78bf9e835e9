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
from bot.dialogue.slots import find_slots, known_text
from bot.messages import Choice, Reply

FLOW = "loan"
QUESTIONS = ("purpose", "amount", "term", "collateral", "years")
SHOW = Choice("loan:show", "直接看产品")
FEN_PER_WAN = 1_000_000
LONGEST_PURPOSE = 20

_SKIP = re.compile(r"不清楚|不知道|没想好|还没想|随便|不好说|不一定|跳过|看情况|再说|说不准")
_FORBIDDEN = re.compile(r"买房|购房|首付|炒股|股票|买基金|理财|转借|放贷|赌")
_MORE = re.compile(r"下一|还有|别的|其他|换一|再看看|有没有别")
_TAKE = re.compile(
    r"就(办|要|选|用)?(这|它|经营|第一)|就办|办这个|怎么(弄|办|申请|操作)|申请|要这个|这个(可以|行|好|不错)"
)
_HAS = re.compile(r"(有|是|对|可以|能).{0,3}")
_SINCE = (("今年", 0.5), ("去年", 1.0), ("前年", 2.0))
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
        session = _knowing(turn.session, found)
        if _FORBIDDEN.search(turn.text):
            lead = answer(turn, "loan_purpose_refused")
        elif _missing(session) is None:
            return loan_cards.offer(turn, session)
        else:
            lead = self._lead(turn, session)
        return _ask(turn, session, lead)

    @staticmethod
    def _lead(turn: Turn, session: Session) -> Reply:
        if turn.understanding.intent == "loan_product_info" and session == turn.session:
            return turn.content.say("loan_product_info")
        if known_text(session.slots, turn.content):
            return _noted(turn, session)
        return turn.content.say("loan_apply")

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
    if _FORBIDDEN.search(turn.text) and name == "purpose":
        return Step(turn.session, (answer(turn, "loan_purpose_refused"), _question(turn, name)))
    found = find_slots(turn)
    # While the amount is asked, "一年" is no answer to it but still worth keeping; while years are asked, a
    # span is the age.
    if name == "years" and "years" not in found and "term" in found:
        found["years"] = found.pop("term") / 12
    if name not in found:
        found |= _bare_answer(turn, name)
    if name in found:
        return _go_on(turn, _knowing(turn.session, found))
    if choices.is_question(turn.text):
        return None
    if _SKIP.search(turn.text):
        step = _go_on(turn, _skipping(_knowing(turn.session, found), name))
        return step if found else replace(step, replies=(turn.content.say("loan_skipped"), *step.replies))
    if found:
        session = _knowing(turn.session, found)
        return _ask(turn, session, _noted(turn, session))
    return None


def _bare_answer(turn: Turn, name: str) -> dict[str, Any]:
    """Short words that mean something only because we asked: 20, 没有, 进点东西."""
    text = turn.text.strip()
    number = _BARE_NUMBER.fullmatch(choices.bare(text).removesuffix("个"))
    if name == "amount" and number:
        fen = round(float(number[1]) * FEN_PER_WAN)
        return {"amount": [fen, fen]} if fen else {}
    if name == "years" and number and float(number[1]) < 100:
        return {"years": float(number[1])}
    if name == "years" and (since := [years for word, years in _SINCE if word in text]):
        return {"years": since[0]}
    # 好的 says that the question was read, not that there is a house.
    if name == "collateral" and (choices.is_no(text) or _HAS.fullmatch(text)):
        return {"collateral": not choices.is_no(text)}
    if name == "purpose" and _is_purpose(turn):
        return {"purpose": text}
    return {}


def _is_purpose(turn: Turn) -> bool:
    """Owners name purposes in endless ways: short words that ask nothing and are no plain yes or no are taken
    as they stand.
    """
    text = turn.text.strip()
    if choices.is_question(text) or choices.is_no(text) or choices.is_yes(text) or _SKIP.search(text):
        return False
    elsewhere = turn.understanding.confidence >= turn.content.floor and turn.understanding.intent not in (
        "loan_apply", "loan_product_info", "loan_limit", "chitchat", "out_of_scope", "payroll", "transfer", "affirm"
    )  # fmt: skip
    return 2 <= len(text) <= LONGEST_PURPOSE and not elsewhere


def _at_cards(turn: Turn) -> Step | None:
    found = find_slots(turn)
    card = loan_cards.current(turn.session)
    if "product" in found:
        takes = _TAKE.search(turn.text)
        return loan_cards.take(turn, found["product"]) if takes else loan_cards.show(turn, found["product"])
    if _MORE.search(turn.text):
        return loan_cards.following(turn, card)
    if card is not None and (_TAKE.search(turn.text) or choices.is_yes(turn.text)) and len(turn.text) <= 16:
        return loan_cards.take(turn, card)
    if choices.is_no(turn.text):
        return idle(turn, answer(turn, "deny"))
    changed = {name: value for name, value in found.items() if turn.session.slots.get(name) != value}
    if changed and not choices.is_question(turn.text):
        return loan_cards.offer(turn, _knowing(turn.session, changed))
    return None


def _go_on(turn: Turn, session: Session) -> Step:
    if session.slots.get("cards") and _missing(session) is None:
        return loan_cards.show(replace(turn, session=session), loan_cards.current(session))
    if _missing(session) is None:
        return loan_cards.offer(turn, session)
    is_news = known_text(session.slots, turn.content) != known_text(turn.session.slots, turn.content)
    return _ask(turn, session, _noted(turn, session) if is_news else None)


def _ask(turn: Turn, session: Session, lead: Reply | None) -> Step:
    name = _missing(session)
    assert name is not None
    question = _question(turn, name)
    return Step(session.waiting_in(FLOW, name), (lead, question) if lead else (question,))


def _question(turn: Turn, name: str) -> Reply:
    reply = turn.content.say(f"loan_ask_{name}")
    return reply if reply.choices else replace(reply, choices=(SHOW,))


def _missing(session: Session) -> str | None:
    skipped = session.slots.get("skipped", ())
    return next((name for name in QUESTIONS if name not in session.slots and name not in skipped), None)


def _knowing(session: Session, found: dict[str, Any]) -> Session:
    """Knowing more of the need makes an earlier choice of cards stale."""
    if any(session.slots.get(name) != value for name, value in found.items()):
        session = replace(
            session, slots={name: v for name, v in session.slots.items() if name not in ("cards", "card")}
        )
    return session.with_slots(**found)


def _skipping(session: Session, name: str) -> Session:
    return session.with_slots(skipped=[*session.slots.get("skipped", ()), name])


def _noted(turn: Turn, session: Session) -> Reply:
    return turn.content.say("loan_noted", facts=known_text(session.slots, turn.content))
