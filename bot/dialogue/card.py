"""The hand-off card: who, why, what was tried, what is already known. Made from templates, so it works without any
model.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.clock import local_day
from bot.customers.rules import Telling
from bot.dialogue.flow import Step, Turn
from bot.dialogue.session import Session
from bot.dialogue.slots import slot_lines
from bot.knowledge.content import Content
from bot.knowledge.suitability import shortlist

LATEST_TRIED = 5
LOAN_DESK = "loan"
ASKS_FOR_PEOPLE = frozenset({"human_agent", "dedicated_rep", "callback_request"})


def make_card(turn: Turn, step: Step) -> dict[str, Any]:
    """The card of a hand-off, as JSON for the conversation row; its shape is api.schemas.Card."""
    request = step.handoff
    session = told_to_rep(step)
    slots = slot_lines(session.slots, turn.content)
    card = {
        "summary": _summary(turn, slots),
        "tried": list(session.tried[-LATEST_TRIED:]),
        "intent": _matter(turn),
        "confidence": round(turn.understanding.confidence, 2),
    }
    return refresh_card(card, session, request.skill if request else None, turn.content, local_day(turn.now))


def _matter(turn: Turn) -> str:
    """What he came for: behind a bare wish for a person stands the matter talked about before."""
    intent = turn.understanding.intent
    if intent in ASKS_FOR_PEOPLE and turn.session.last_intent:
        intent = turn.session.last_intent
    return turn.content.intent_labels.get(intent, intent)


def told_to_rep(step: Step) -> Session:
    """The session with what the hand-off already knows as slots; None marks what is worth asking."""
    facts = dict(step.handoff.facts) if step.handoff else {}
    return replace(step.session, slots={**facts, **step.session.slots})


def refresh_card(
    card: Mapping[str, Any], session: Session, skill: str | None, content: Content, today: date
) -> dict[str, Any]:
    """The card with the parts that follow the talk: what is known by now, what suits, where the guide stands."""
    fits = shortlist(content.products, session.slots, today) if skill == LOAN_DESK else ()
    return {
        **card,
        "slots": [list(line) for line in slot_lines(session.slots, content)],
        "products": [
            {"id": fit.product.id, "name": fit.product.name, "verdict": fit.verdict.value, "reason": fit.reason}
            for fit in fits
        ],
        "guide": _guide(session, content),
    }


def _guide(session: Session, content: Content) -> str | None:
    """The guide in hand and its step; None also for one that has ended since."""
    name, number = session.guide or ("", 0)
    guide = content.guides.get(name)
    return f"{guide.title} 第{number}步" if guide else None


def _summary(turn: Turn, slots: list[tuple[str, str]]) -> list[str]:
    """At most three lines a rep reads in two seconds."""
    firm = turn.firm_to_tell(Telling.FIRM)
    who = firm.name if firm else "未绑定企业的关注者"
    known = "，".join(f"{label}：{value}" for label, value in slots if value != "未知")
    wish = turn.text.strip().replace("\n", " ")[:60]
    return [line for line in (who, known, f"原话：{wish}" if wish else "") if line]
