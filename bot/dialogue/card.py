"""The hand-off card: who, why, what was tried, what is already known. Made from templates, so it works without any
model.
"""

from typing import Any

from bot.clock import local_day
from bot.dialogue.flow import Step, Turn
from bot.dialogue.slots import slot_lines
from bot.knowledge.suitability import shortlist

LATEST_TRIED = 5


def make_card(turn: Turn, step: Step) -> dict[str, Any]:
    """The card of a hand-off, as JSON for the conversation row; its shape is api.schemas.Card."""
    request = step.handoff
    facts = dict(request.facts) if request else {}
    told = {**step.session.slots, **facts}
    slots = slot_lines(told, turn.content)
    guide = step.session.guide
    return {
        "summary": _summary(turn, slots),
        "slots": [list(line) for line in slots],
        "tried": list(step.session.tried[-LATEST_TRIED:]),
        "intent": turn.content.intent_labels.get(turn.understanding.intent, turn.understanding.intent),
        "confidence": round(turn.understanding.confidence, 2),
        "products": [
            {"id": fit.product.id, "name": fit.product.name, "verdict": fit.verdict.value, "reason": fit.reason}
            for fit in shortlist(turn.content.products, told, local_day(turn.now))
        ]
        if request and request.skill == "loan"
        else [],
        "guide": f"{turn.content.guides[guide[0]].title} 第{guide[1]}步" if guide else None,
    }


def _summary(turn: Turn, slots: list[tuple[str, str]]) -> list[str]:
    """At most three lines a rep reads in two seconds."""
    who = turn.firm.name if turn.firm else "未绑定企业的关注者"
    known = "，".join(f"{label}：{value}" for label, value in slots if value != "未知")
    wish = turn.text.strip().replace("\n", " ")[:60]
    return [line for line in (who, known, f"原话：{wish}" if wish else "") if line]
