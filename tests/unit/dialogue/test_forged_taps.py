"""Taps that no line of ours ever made: they are understood as nothing, and nobody's flow falls over."""

import pytest

from bot.dialogue.flows import FLOWS
from tests.unit.dialogue.chat import Chat


@pytest.mark.parametrize("flow", sorted(FLOWS))
@pytest.mark.parametrize("rest", ["start", "continue", "no_such_line", "a:b:c", "0", ""])
def test_a_forged_tap_gets_an_answer(chat: Chat, flow: str, rest: str) -> None:
    chat.tap_id(f"{flow}:{rest}")

    assert chat.text
