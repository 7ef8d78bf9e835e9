"""What a follower would see of a text that is not live yet, with the lines every answer carries. For 知识库."""

import string
from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue import choices
from bot.dialogue.flows.faq import Faq
from bot.dialogue.flows.guide import all_steps
from bot.dialogue.flows.loan_cards import card_reply
from bot.dialogue.flows.saying import solved_lines
from bot.knowledge.content import Content, Guide, Product, Text
from bot.knowledge.entries import Entry
from bot.messages import Reply


def preview(content: Content, value: Text | Product | Guide | Entry) -> tuple[Reply, ...]:
    """The messages, in order, of a text without unknown blanks and pages. What a flow fills stands as 〔name〕."""
    if isinstance(value, Guide):
        return all_steps(content, value)
    if isinstance(value, Product):
        return (_with_human(card_reply(content, value)),)
    if isinstance(value, Entry):
        said = content.tell(value)
        return (_with_human(replace(said, choices=(*said.choices, *solved_lines(Faq.name)))),)
    text = string.Formatter().vformat(value.text, (), _Shown(content.settings))
    return (_with_human(Reply(text, content.opening(value.choices), source=f"{value.id}@{value.version}")),)


class _Shown(dict[str, str]):
    """Settings as they are, everything else by its name."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__(settings)

    def __missing__(self, name: str) -> str:
        return f"〔{name}〕"


def _with_human(reply: Reply) -> Reply:
    ids = {choice.id for choice in reply.choices}
    return reply if choices.HUMAN.id in ids else replace(reply, choices=(*reply.choices, choices.HUMAN))
