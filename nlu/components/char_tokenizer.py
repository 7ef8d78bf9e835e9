"""Cuts a message into single characters, with Latin words and numbers whole.

Word segmentation cuts across amounts and product names (50万一年 becomes 50, 万一, 年); characters never do.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from components.normalise import normalise

_TOKEN = re.compile(r"[a-z]+|\d+|\S")


class CharTokenizer(Tokenizer):
    """Tokens carry the normal spelling; their offsets point into the raw message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What Rasa's tokenizer base expects; intents are never split here."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of the text in order. Empty when the message has nothing printable."""
        normal = normalise(message.get(attribute))
        return [Token(match[0], *normal.raw_span(*match.span())) for match in _TOKEN.finditer(normal.text)]
