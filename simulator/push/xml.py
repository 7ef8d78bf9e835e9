"""Builds push XML as the platform writes it, tidy or shuffled (order, CDATA, whitespace, elements nobody announced)."""

import random
import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

# A value is a number (written bare), a text (written as CDATA) or nested fields.
Value = int | float | str | Sequence["Field"]
Field = tuple[str, Value]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def build_xml(fields: Sequence[Field]) -> str:
    """The fields in their order, the platform's usual form."""
    return f"<xml>{''.join(_element(name, value) for name, value in fields)}\n</xml>"


def build_shuffled_xml(fields: Sequence[Field], rng: random.Random) -> str:
    """The same facts in a form a fixed-order reader would trip over."""
    mixed = [*fields, ("XqUnknownField", f"{rng.randrange(10**6)}")]
    rng.shuffle(mixed)
    gap = rng.choice(("", "\n", "\n  "))
    body = gap.join(_element(name, value, rng) for name, value in mixed)
    return f"<xml>{gap}{body}\n</xml>"


def _element(name: str, value: Value, rng: random.Random | None = None) -> str:
    if isinstance(value, str):
        text = _NOT_XML.sub("", value)
        # An empty text always comes as empty CDATA, as captured from the platform.
        bare = rng is not None and text != "" and rng.random() < 0.5
        inner = escape(text) if bare else "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    elif isinstance(value, int | float):
        inner = str(value)
    else:
        inner = "".join(_element(sub, part, rng) for sub, part in value)
    return f"\n<{name}>{inner}</{name}>"
